"""HTTP and sockets in one process (`make run`), or sockets alone behind a proxy (Procfile: realtime)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
http = get_asgi_application()  # before anything below imports models

from channels.routing import ProtocolTypeRouter  # noqa: E402

from apps.kernel.realtime.routing import websocket  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
