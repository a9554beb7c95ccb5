"""pytest plugin of ce: appends one JSON record a line to the file that CE_REPORT names.

Records: start, test (one a test, its worst outcome), failure (one a failing stage), finish. A run without
`finish` did not end by itself. Needs nothing but pytest; does nothing without CE_REPORT, or in a worker of xdist,
whose reports reach the main process.
"""
import json
import os


class _Recorder:
    def __init__(self, path, config):
        self._path = path
        self._folder = str(config.invocation_params.dir)
        self._outcomes = {}
        self._write({"event": "start", "tool": "pytest", "cwd": self._folder})

    def _write(self, record):
        with open(self._path, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")

    def _absolute(self, path):
        return os.path.normpath(os.path.join(self._folder, str(path)))

    def _failure(self, report, stage):
        longrepr = report.longrepr
        crash = getattr(longrepr, "reprcrash", None)
        entries = getattr(getattr(longrepr, "reprtraceback", None), "reprentries", None) or []
        places = [entry.reprfileloc for entry in entries if getattr(entry, "reprfileloc", None)]
        record = {
            "event": "failure",
            "id": report.nodeid,
            "stage": stage,
            "message": crash.message if crash else None,
            "frames": [{"file": self._absolute(place.path), "line": place.lineno} for place in places],
            "text": str(longrepr)[-8000:],
        }
        if crash:
            record["file"] = self._absolute(crash.path)
            record["line"] = crash.lineno
        self._write(record)

    def pytest_collectreport(self, report):
        if report.failed:
            self._failure(report, "collect")
            self._write({"event": "test", "id": report.nodeid, "outcome": "failed"})

    def pytest_runtest_logreport(self, report):
        known = self._outcomes.get(report.nodeid)
        if report.when == "setup":
            known = None
        if report.outcome == "rerun":
            outcome = "rerun"
        elif report.failed:
            self._failure(report, report.when)
            outcome = "failed"
        elif report.skipped:
            outcome = known if known == "failed" else "skipped"
        elif report.when == "call":
            outcome = known or "passed"
        else:
            outcome = known
        self._outcomes[report.nodeid] = outcome
        if report.when == "teardown" and outcome not in (None, "rerun"):
            self._write({"event": "test", "id": report.nodeid, "outcome": outcome})

    def pytest_internalerror(self, excrepr):
        self._write({"event": "internal", "text": str(excrepr)[-8000:]})

    def pytest_sessionfinish(self, session, exitstatus):
        self._write({"event": "finish", "exit": int(exitstatus), "collected": session.testscollected})


def pytest_configure(config):
    path = os.environ.get("CE_REPORT")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(path, config), "ce-recorder")
