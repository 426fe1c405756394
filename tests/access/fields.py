"""What each form sends when it is filled in well."""

import uuid

from tests.cast import PASSWORD

# A route that is not here has its row's data.
FIELDS = {
    "posts:create": {"body": "hello", "audience": "0", "key": str(uuid.UUID(int=7))},
    "posts:comment": {"body": "hello", "parent": "", "key": str(uuid.UUID(int=7))},
    "moderation:report": {"category": "spam", "text": "look"},
    "web:look": {"theme": "dark", "contrast": "more", "next": "/"},
    "graph:follow": {"in_list": "1", "next": "/"},
    "accounts:settings_profile": {
        "name": "Ann",
        "username": "ann",
        "bio": "",
        "pronouns": "",
        "reach_bio": "1",
        "preview": "1",
    },
    "accounts:set_status": {
        "emoji": "☕",
        "text": "Soup",
        "lasts": "day",
        "reach_text": "1",
        "usual": "away",
        "clear": "",
    },
    "accounts:settings_studies": {
        "programme": "Physics",
        "year": "2",
        "graduates_on": "2028-07-01",
        "level": "expert",
        "skills": "a, b",
        "interests": "c",
        "languages": "English",
        "learning": "German",
        "reach_year": "1",
        "term": "2026-3",
        "courses": "MATH 210: Algebra",
    },
    "accounts:settings_links": {
        "label": "Blog",
        "url": "https://a.example/",
        "remove": "1",
        "who": "1",
        "reach_links": "1",
    },
    "accounts:sessions": {"session": "1"},
    "account_login": {"login": "alice", "password": PASSWORD, "next": "/"},
    "account_signup": {
        "email": "a@northmere.example",
        "name": "Ann",
        "username": "ann",
        "password1": PASSWORD,
        "agree": "on",
        "university": "1",
        "reason": "Because",
        "next": "/",
    },
    "accounts:signup_way": {"email": "a@northmere.example", "university": "1", "reason": "Because"},
    "accounts:invitations": {
        "emails": "a@gmail.com",
        "university": "1",
        "role": "student",
        "max_uses": "1",
        "days": "14",
        "note": "Hello",
    },
    "accounts:settings_verification": {"code": "BBBB-BBBB"},
    "account_reset_password": {"email": "a@northmere.example"},
    "account_email": {"email": "a@northmere.example", "action_add": ""},
    "account_change_password": {"oldpassword": PASSWORD, "password1": "x", "password2": "x"},
    "account_reauthenticate": {"password": PASSWORD},
}
