"""Settings: from the environment and .env, refused where they are wrong."""

import ast
from pathlib import Path

import pytest

from bot.settings import NAMES, Settings, load, parse, proxy_towards, read_dotenv
from bot.transport import TELEGRAM
from core.errors import SettingError
from core.llm.naming import Remote

TOKEN = "123456:" + "A" * 35


def test_the_example_names_every_setting_and_is_itself_valid(root: Path) -> None:
    example = read_dotenv(root / ".env.example")
    assert tuple(example) == NAMES
    assert parse(example) == Settings() == parse({})


def test_nothing_else_reads_the_environment(root: Path) -> None:
    readers = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    for path in [*(root / "bot").rglob("*.py"), *(root / "core").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & readers
        found |= {a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names} & readers
        assert not found or path == root / "bot" / "settings.py", path


def test_everything_can_be_set() -> None:
    settings = parse(
        {
            "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:8081/", "JIANYAN_DATA": "/srv/jianyan",
            "JIANYAN_ADMINS": "12, 34,", "JIANYAN_MODE": "Webhook", "JIANYAN_WEBHOOK_URL": "https://bot.example/hook",
            "JIANYAN_WEBHOOK_SECRET": "s3cret_-", "JIANYAN_LISTEN": "[::1]:9000", "JIANYAN_MODEL": "light",
            "JIANYAN_RATINGS": "off", "JIANYAN_LLM": "http://127.0.0.1:8000/v1#small", "JIANYAN_LLM_KEY": "k3y",
            "JIANYAN_LOG": "DEBUG", "JIANYAN_OPENNESS": "0.5",
        }
    )  # fmt: skip
    assert settings == Settings(
        TOKEN, "http://127.0.0.1:8081", Path("/srv/jianyan"), Path("/srv/jianyan"), frozenset({12, 34}), "webhook",
        "https://bot.example/hook", "s3cret_-", ("::1", 9000), "light", False, 0.5,
        Remote("http://127.0.0.1:8000/v1", "small", "k3y"), "debug",
    )  # fmt: skip
    assert settings.secrets == (TOKEN, "s3cret_-", "k3y")
    assert settings.database == Path("/srv/jianyan/jianyan.db")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "123456:short"),
        ("TELEGRAM_API_URL", "api.telegram.example"),
        ("TELEGRAM_API_URL", "http://[::1"),
        ("JIANYAN_ADMINS", "12 34"),
        ("JIANYAN_ADMINS", "@me"),
        ("JIANYAN_MODE", "push"),
        ("JIANYAN_WEBHOOK_URL", "http://plain.example"),
        ("JIANYAN_WEBHOOK_SECRET", "with space"),
        ("JIANYAN_LISTEN", "8080"),
        ("JIANYAN_LISTEN", "host:99999"),
        ("JIANYAN_LISTEN", "host:８０"),
        ("JIANYAN_RATINGS", "maybe"),
        ("JIANYAN_OPENNESS", "1.5"),
        ("JIANYAN_OPENNESS", "wide"),
        ("JIANYAN_LLM", "https://host.example/v1"),
        ("JIANYAN_LLM", "http://far.example/v1#small"),
        ("JIANYAN_LLM", "https://user:pass@host.example/v1#small"),
        ("JIANYAN_LLM", "owner/model"),
        ("JIANYAN_LLM", "no such directory"),
        ("JIANYAN_LOG", "loud"),
    ],
)
def test_a_wrong_value_names_its_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse({name: value})
    assert caught.value.name == name


def test_a_webhook_needs_an_address() -> None:
    with pytest.raises(SettingError, match="JIANYAN_WEBHOOK_URL"):
        parse({"JIANYAN_MODE": "webhook"})


def test_secrets_are_in_no_repr_and_in_no_error() -> None:
    settings = parse({"TELEGRAM_BOT_TOKEN": TOKEN, "JIANYAN_WEBHOOK_SECRET": "hush"})
    assert TOKEN not in repr(settings)
    assert "hush" not in repr(settings)
    with pytest.raises(SettingError) as caught:
        parse({"TELEGRAM_BOT_TOKEN": "my-secret"})
    assert "my-secret" not in str(caught.value)


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("no_proxies")
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_the_environments_proxy_is_taken_but_for_what_needs_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert proxy_towards(TELEGRAM) == ""
    monkeypatch.setenv(name, "http://me:hush@10.0.0.1:3128")
    assert proxy_towards(TELEGRAM) == "http://me:hush@10.0.0.1:3128"
    for excluded in ("api.telegram.org", ".telegram.org,localhost", "*"):
        monkeypatch.setenv("NO_PROXY", excluded)
        assert proxy_towards(TELEGRAM) == ""
    monkeypatch.setenv("NO_PROXY", "localhost,10.0.0.0/8")
    assert proxy_towards(TELEGRAM)


@pytest.mark.usefixtures("no_proxies")
def test_a_proxy_of_another_kind_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:hush@10.0.0.1:1080")
    with pytest.raises(SettingError, match="HTTPS_PROXY") as caught:
        proxy_towards(TELEGRAM)
    assert "hush" not in str(caught.value)


def test_dotenv_has_comments_quotes_and_export(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# one\n\nexport A = 1 # two\nB='x # y' # z\nC=\"q\"\nD=\nE=a#b\n", encoding="utf-8")
    assert read_dotenv(path) == {"A": "1", "B": "x # y", "C": "q", "D": "", "E": "a#b"}


@pytest.mark.parametrize("line", ["JIANYAN_DATA", "1A=2", "=x", "A='open"])
def test_a_bad_line_of_dotenv_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_text(f"A=1\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"\.env:2"):
        read_dotenv(path)


def test_the_environment_wins_over_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / ".env"
    path.write_text("JIANYAN_DATA=from-file\nJIANYAN_LOG=info\n", encoding="utf-8")
    monkeypatch.setenv("JIANYAN_DATA", "from-environment")
    here = Path("from-environment")
    assert load(path) == Settings(data=here, models=here, log="info")
    assert load(tmp_path / "missing").log == "warning"
