"""How a build goes, on stderr: bars for a person, a line a stage for a file."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

STAGES = {
    "catalogue": "目录和评分 catalogue and ratings",
    "encoder": "语言模型 encoder",
    "vectors": "读一遍简介 item vectors",
    "factors": "学口味 factors",
}


class BuildProgress:
    """The Progress of `core.building` on a console."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._bars: Progress | None = None
        self._label = ""

    def begin(self, stage: str) -> None:
        self._label = STAGES.get(stage, stage)
        if self.console.is_terminal and not self.console.is_dumb_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
            self._bars = Progress(*columns, console=self.console, transient=True)
            self._bars.add_task(self._label, total=None)
            self._bars.start()

    def step(self, done: int, total: int) -> None:
        if self._bars is not None:
            self._bars.update(self._bars.task_ids[0], completed=done, total=total or None)

    def end(self, seconds: float) -> None:
        self.stop()
        self.console.print(f"✓ {self._label} ({seconds:.1f} s)", soft_wrap=True, highlight=False)

    def note(self, text: str) -> None:
        self.console.print(f"  {text}", style="dim", soft_wrap=True, highlight=False)

    def stop(self) -> None:
        """Takes the bar away, also where a stage broke off."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


class Steps:
    """Shows stages that name themselves as they go."""

    def __init__(self) -> None:
        self._progress, self._stage = BuildProgress(), ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._progress.stop()
            self._progress.begin(stage)
            self._stage = stage
        self._progress.step(done, total)
