def test_post_page(alice_client, bob_client, alice, bob, alices_post, drain, django_assert_num_queries):
    assert drain() >= 1
    r = bob_client.get("/"); assert r.status_code == 200, r.content[:500]
    assert f'id="post-{alices_post.pk}"' in r.content.decode()
    r = bob_client.get("/"); assert r.status_code == 200
    r = bob_client.get("/?view=latest")
    assert f'id="post-{alices_post.pk}"' in r.content.decode()
    r = bob_client.post(f"/posts/{alices_post.pk}/comments/", {"body": "Hi @alice #Oranges http://x.example/a"})
    assert r.status_code == 302, r.content
    r = alice_client.get(f"/posts/{alices_post.pk}/")
    print(r.content.decode())
    r = alice_client.get("/api/feed"); print(r.json())
    r = alice_client.get("/explore/"); assert r.status_code == 200
