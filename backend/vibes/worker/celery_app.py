"""What ``celery -A vibes.worker.celery_app worker --concurrency=1`` runs; its settings come from the environment."""

from typing import Any

from vibes.environment.logs import configure_logs
from vibes.environment.private_folder import keep_private
from vibes.environment.settings import Settings
from vibes.environment.worker_settings import WorkerSettings
from vibes.worker.celery_worker import worker_app

_no_options: dict[str, Any] = {}
_settings = Settings(**_no_options)
configure_logs(_settings.log_level)
keep_private()
app = worker_app(_settings, WorkerSettings(**_no_options))
