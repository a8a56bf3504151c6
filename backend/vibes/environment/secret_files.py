"""Settings out of files that hold one value each, as containers and systemd hand secrets to a process."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource

from vibes.environment.home_folder import at_home


class SecretFiles(BaseSettings):
    """``vibes_api_key`` in the folder of secrets is what ``VIBES_API_KEY`` is in the environment, which goes before it;
    so for every setting. A file that cannot be read is a SettingsError, whose cause says why."""

    secrets: Path | None = Field(
        None, description="Folder of files that hold a setting each, such as vibes_database_url; it may be missing."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = init_settings().get("secrets") or env_settings().get("secrets")
        if folder is None or not at_home(Path(folder)).is_dir():
            return init_settings, env_settings
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, at_home(Path(folder)))
