"""The part of Google's published schema (Health API v4, revision 20261030) spoken here, and its checker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import re

INT64 = re.compile(r"-?\d{1,19}")
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
DURATION = re.compile(r"-?\d+(\.\d{1,9})?s")

_ZONE = {"LIGHT", "MODERATE", "VIGOROUS", "PEAK"}

ENUMS: dict[str, set[str]] = {
    "Zone": _ZONE,
    "CalculationMethod": {"WITH_SLEEP", "ONLY_WITH_AWAKE_DATA"},
    "MotionContext": {"ACTIVE", "SEDENTARY"},
    "SensorLocation": {"CHEST", "WRIST", "FINGER", "HAND", "EAR_LOBE", "FOOT"},
    "FormFactor": {
        "FITNESS_BAND",
        "WATCH",
        "PHONE",
        "RING",
        "CHEST_STRAP",
        "SCALE",
        "TABLET",
        "HEAD_MOUNTED",
        "SMART_DISPLAY",
    },
    "Platform": {
        "FITBIT",
        "HEALTH_CONNECT",
        "HEALTH_KIT",
        "FIT",
        "FITBIT_WEB_API",
        "NEST",
        "GOOGLE_WEB_API",
        "GOOGLE_PARTNER_INTEGRATION",
    },
    "RecordingMethod": {"MANUAL", "PASSIVELY_MEASURED", "DERIVED", "ACTIVELY_MEASURED", "UNKNOWN"},
    "DeviceType": {"TRACKER", "SCALE"},
    "ExerciseEventType": {"START", "STOP", "PAUSE", "RESUME", "AUTO_PAUSE", "AUTO_RESUME"},
    "CardioFitnessLevel": {"POOR", "FAIR", "AVERAGE", "GOOD", "VERY_GOOD", "EXCELLENT"},
    "SleepType": {"CLASSIC", "STAGES"},
    "SleepStageType": {"AWAKE", "LIGHT", "DEEP", "REM", "ASLEEP", "RESTLESS"},
    "StagesStatus": {
        "REJECTED_COVERAGE",
        "REJECTED_MAX_GAP",
        "REJECTED_START_GAP",
        "REJECTED_END_GAP",
        "REJECTED_NAP",
        "REJECTED_SERVER",
        "TIMEOUT",
        "SUCCEEDED",
        "PROCESSING_INTERNAL_ERROR",
    },
    "DistanceUnit": {"DISTANCE_UNIT_MILES", "DISTANCE_UNIT_KILOMETERS"},
}

# A star marks what is required, brackets a list.
MESSAGES: dict[str, dict[str, str]] = {
    "Identity": {"name": "string", "healthUserId": "string", "legacyUserId": "string"},
    "Settings": {
        "name": "string",
        "timeZone": "string",
        "utcOffset": "duration",
        "languageLocale": "string",
        "autoStrideEnabled": "boolean",
        "distanceUnit": "DistanceUnit",
    },
    "ListPairedDevicesResponse": {"pairedDevices": "[PairedDevice]", "nextPageToken": "string"},
    "PairedDevice": {
        "name": "string",
        "deviceType": "DeviceType",
        "deviceVersion": "string",
        "batteryLevel": "int32",
        "batteryStatus": "string",
        "lastSyncTime": "datetime",
        "macAddress": "string",
        "features": "[string]",
    },
    "ListDataPointsResponse": {"dataPoints": "[DataPoint]", "nextPageToken": "string"},
    "DataPoint": {
        "name": "string",
        "dataSource": "DataSource",
        "heartRate": "HeartRate",
        "dailyRestingHeartRate": "DailyRestingHeartRate",
        "dailyHeartRateZones": "DailyHeartRateZones",
        "exercise": "Exercise",
        "sleep": "Sleep",
        "dailyHeartRateVariability": "DailyHeartRateVariability",
        "dailyRespiratoryRate": "DailyRespiratoryRate",
        "dailyOxygenSaturation": "DailyOxygenSaturation",
        "dailySleepTemperatureDerivations": "DailySleepTemperatureDerivations",
        "dailyVo2Max": "DailyVO2Max",
    },
    "ReconcileDataPointsResponse": {"dataPoints": "[ReconciledDataPoint]", "nextPageToken": "string"},
    "ReconciledDataPoint": {
        "dataPointName": "string",
        "heartRate": "HeartRate",
        "dailyRestingHeartRate": "DailyRestingHeartRate",
        "dailyHeartRateZones": "DailyHeartRateZones",
        "exercise": "Exercise",
        "sleep": "Sleep",
        "dailyHeartRateVariability": "DailyHeartRateVariability",
        "dailyRespiratoryRate": "DailyRespiratoryRate",
        "dailyOxygenSaturation": "DailyOxygenSaturation",
        "dailySleepTemperatureDerivations": "DailySleepTemperatureDerivations",
        "dailyVo2Max": "DailyVO2Max",
    },
    "DataSource": {
        "recordingMethod": "RecordingMethod",
        "device": "Device",
        "platform": "Platform",
        "application": "Application",
    },
    "Device": {"displayName": "string", "formFactor": "FormFactor", "manufacturer": "string"},
    "Application": {"packageName": "string", "webClientId": "string", "googleWebClientId": "string"},
    "HeartRate": {
        "beatsPerMinute*": "int64",
        "sampleTime*": "ObservationSampleTime",
        "metadata": "HeartRateMetadata",
    },
    "HeartRateMetadata": {"motionContext": "MotionContext", "sensorLocation": "SensorLocation"},
    "ObservationSampleTime": {
        "physicalTime*": "datetime",
        "utcOffset*": "duration",
        "civilTime": "CivilDateTime",
    },
    "CivilDateTime": {"date*": "Date", "time": "TimeOfDay"},
    "Date": {"year": "int32", "month": "int32", "day": "int32"},
    "TimeOfDay": {"hours": "int32", "minutes": "int32", "seconds": "int32", "nanos": "int32"},
    "DailyRestingHeartRate": {
        "date*": "Date",
        "beatsPerMinute*": "int64",
        "dailyRestingHeartRateMetadata": "DailyRestingHeartRateMetadata",
    },
    "DailyRestingHeartRateMetadata": {"calculationMethod*": "CalculationMethod"},
    "DailyHeartRateZones": {"date*": "Date", "heartRateZones*": "[HeartRateZone]"},
    "HeartRateZone": {
        "heartRateZoneType*": "Zone",
        "minBeatsPerMinute*": "int64",
        "maxBeatsPerMinute*": "int64",
    },
    "Exercise": {
        "interval*": "SessionTimeInterval",
        "exerciseType*": "string",
        "displayName*": "string",
        "metricsSummary*": "MetricsSummary",
        "activeDuration": "duration",
        "exerciseEvents": "[ExerciseEvent]",
        "exerciseMetadata": "ExerciseMetadata",
        "notes": "string",
        "createTime": "datetime",
        "updateTime": "datetime",
    },
    "Sleep": {
        "interval*": "SessionTimeInterval",
        "type": "SleepType",
        "stages": "[SleepStage]",
        "shortAwakenings": "[SleepStage]",
        "metadata": "SleepMetadata",
        "summary": "SleepSummary",
        "createTime": "datetime",
        "updateTime": "datetime",
    },
    "SleepStage": {
        "startTime*": "datetime",
        "endTime*": "datetime",
        "startUtcOffset": "duration",
        "endUtcOffset": "duration",
        "type*": "SleepStageType",
        "createTime": "datetime",
        "updateTime": "datetime",
    },
    "SleepMetadata": {
        "processed": "boolean",
        "mainSleep": "boolean",
        "nap": "boolean",
        "manuallyEdited": "boolean",
        "externalId": "string",
        "stagesStatus": "StagesStatus",
    },
    "SleepSummary": {
        "minutesInSleepPeriod": "int64",
        "minutesAsleep": "int64",
        "minutesAwake": "int64",
        "minutesToFallAsleep": "int64",
        "minutesAfterWakeUp": "int64",
        "stagesSummary": "[StageSummary]",
    },
    "StageSummary": {"type": "SleepStageType", "minutes": "int64", "count": "int64"},
    # The schema requires end and offsets; running workouts and those of apps came without.
    "SessionTimeInterval": {
        "startTime*": "datetime",
        "endTime": "datetime",
        "startUtcOffset": "duration",
        "endUtcOffset": "duration",
    },
    "MetricsSummary": {
        "averageHeartRateBeatsPerMinute": "int64",
        "activeZoneMinutes": "int64",
        "caloriesKcal": "double",
        "steps": "int64",
    },
    "ExerciseEvent": {
        "eventTime*": "datetime",
        "eventUtcOffset*": "duration",
        "exerciseEventType*": "ExerciseEventType",
    },
    "ExerciseMetadata": {"hasGps": "boolean", "poolLengthMillimeters": "int64"},
    "DailyHeartRateVariability": {
        "date*": "Date",
        "averageHeartRateVariabilityMilliseconds": "double",
        "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds": "double",
        "entropy": "double",
        "nonRemHeartRateBeatsPerMinute": "int64",
    },
    "DailyRespiratoryRate": {"date*": "Date", "breathsPerMinute*": "double"},
    "DailyOxygenSaturation": {
        "date*": "Date",
        "averagePercentage*": "double",
        "lowerBoundPercentage*": "double",
        "upperBoundPercentage*": "double",
        "standardDeviationPercentage": "double",
    },
    "DailySleepTemperatureDerivations": {
        "date*": "Date",
        "nightlyTemperatureCelsius*": "double",
        "baselineTemperatureCelsius": "double",
        "relativeNightlyStddev30dCelsius": "double",
    },
    "DailyVO2Max": {
        "date*": "Date",
        "vo2Max*": "double",
        "estimated": "boolean",
        "cardioFitnessLevel": "CardioFitnessLevel",
        "vo2MaxCovariance": "double",
    },
    "RollUpDataPointsRequest": {
        "range*": "Interval",
        "windowSize*": "duration",
        "pageSize": "int32",
        "pageToken": "string",
        "dataSourceFamily": "string",
    },
    "Interval": {"startTime": "datetime", "endTime": "datetime"},
    "RollUpDataPointsResponse": {"rollupDataPoints": "[RollupDataPoint]", "nextPageToken": "string"},
    "RollupDataPoint": {"startTime": "datetime", "endTime": "datetime", "heartRate": "HeartRateRollupValue"},
    "HeartRateRollupValue": {
        "beatsPerMinuteAvg": "double",
        "beatsPerMinuteMax": "double",
        "beatsPerMinuteMin": "double",
    },
    "DailyRollUpDataPointsRequest": {
        "range*": "CivilTimeInterval",
        "windowSizeDays": "int32",
        "pageSize": "int32",
        "pageToken": "string",
        "dataSourceFamily": "string",
    },
    "CivilTimeInterval": {"start*": "CivilDateTime", "end*": "CivilDateTime"},
    "DailyRollUpDataPointsResponse": {
        "rollupDataPoints": "[DailyRollupDataPoint]",
        "nextPageToken": "string",
    },
    "DailyRollupDataPoint": {
        "civilStartTime": "CivilDateTime",
        "civilEndTime": "CivilDateTime",
        "timeInHeartRateZone": "TimeInHeartRateZoneRollupValue",
        "activeZoneMinutes": "ActiveZoneMinutesRollupValue",
    },
    "ActiveZoneMinutesRollupValue": {
        "sumInFatBurnHeartZone": "int64",
        "sumInCardioHeartZone": "int64",
        "sumInPeakHeartZone": "int64",
    },
    "TimeInHeartRateZoneRollupValue": {"timeInHeartRateZones": "[TimeInHeartRateZoneValue]"},
    "TimeInHeartRateZoneValue": {"heartRateZone": "Zone", "duration": "duration"},
}


@dataclass(frozen=True)
class Method:
    """One call of the API."""

    verb: str
    path: re.Pattern[str]
    response: str
    request: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


_TYPE = r"users/(?P<user>[^/]+)/dataTypes/(?P<type>[^/:]+)/dataPoints"
_PAGE = {"pageSize": "int32", "pageToken": "string"}
_POINTS = {**_PAGE, "filter": "string", "dataSourceFamily": "string"}

METHODS = {
    name: Method(verb, re.compile(path), response, request, query)
    for name, verb, path, response, request, query in (
        ("getIdentity", "GET", r"users/(?P<user>[^/]+)/identity", "Identity", None, {}),
        ("getSettings", "GET", r"users/(?P<user>[^/]+)/settings", "Settings", None, {}),
        (
            "listDevices",
            "GET",
            r"users/(?P<user>[^/]+)/pairedDevices",
            "ListPairedDevicesResponse",
            None,
            _PAGE,
        ),
        ("list", "GET", _TYPE, "ListDataPointsResponse", None, _POINTS),
        ("reconcile", "GET", f"{_TYPE}:reconcile", "ReconcileDataPointsResponse", None, _POINTS),
        ("rollUp", "POST", f"{_TYPE}:rollUp", "RollUpDataPointsResponse", "RollUpDataPointsRequest", {}),
        (
            "dailyRollUp",
            "POST",
            f"{_TYPE}:dailyRollUp",
            "DailyRollUpDataPointsResponse",
            "DailyRollUpDataPointsRequest",
            {},
        ),
    )
}

COMMON_QUERY = {
    "alt": "string",
    "fields": "string",
    "key": "string",
    "prettyPrint": "string",
    "quotaUser": "string",
    "$.xgafv": "string",
}

type Mask = dict[str, Mask]
"""A partial response's fields; an empty one asks for everything."""


def _is_int32(value: object) -> bool:
    return type(value) is int and -(2**31) <= value < 2**31


def _is_text(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


SCALARS: dict[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "int32": _is_int32,
    "int64": _is_text(INT64),
    "double": lambda value: (
        (isinstance(value, int | float) and not isinstance(value, bool))
        or value in {"NaN", "Infinity", "-Infinity"}
    ),
    "datetime": _is_text(DATETIME),
    "duration": _is_text(DURATION),
}

_FIELDS = {
    message: {name.rstrip("*"): kind for name, kind in fields.items()} for message, fields in MESSAGES.items()
}
_REQUIRED = {
    message: [name.rstrip("*") for name in fields if name.endswith("*")]
    for message, fields in MESSAGES.items()
}


def check(value: object, kind: str, where: str = "") -> list[str]:
    """Return the value's offences against the schema, in the words of Google's own answers."""
    if kind in SCALARS:
        return [] if SCALARS[kind](value) else [f"Invalid value at '{where}' ({kind}): {value!r}"]
    if kind in ENUMS:
        return [] if value in ENUMS[kind] else [f"Invalid value at '{where}' ({kind}): {value!r}"]
    if kind.startswith("["):
        if not isinstance(value, list):
            return [f"Proto field is not repeating: '{where}'"]
        return [problem for item in value for problem in check(item, kind[1:-1], where)]
    if not isinstance(value, dict):
        return [f"Invalid value at '{where}' ({kind}): {value!r}"]
    problems = [
        f"Missing required field '{name}' at '{where}'" for name in _REQUIRED[kind] if name not in value
    ]
    fields = _FIELDS[kind]
    for name, item in value.items():
        if name not in fields:
            problems.append(f"Unknown name '{name}' at '{where}': Cannot find field.")
        else:
            problems += check(item, fields[name], name)
    return problems


def check_query(query: Mapping[str, str], method: Method) -> list[str]:
    """Return the query parameters' offences against the schema."""
    known = COMMON_QUERY | dict(method.query)
    problems = []
    for name, text in query.items():
        value = int(text) if known.get(name) == "int32" and INT64.fullmatch(text) else text
        if name not in known:
            problems.append(f"Unknown name '{name}': Cannot bind query parameter.")
        else:
            problems += check(value, known[name], name)
    return problems


def find_method(verb: str, path: str) -> tuple[str, Method, dict[str, str]] | None:
    """Return the call's name, its description and the variables in its path."""
    for name, method in METHODS.items():
        if method.verb == verb and (match := method.path.fullmatch(path)):
            return name, method, match.groupdict()
    return None


def parse_mask(text: str) -> Mask:
    """Read `a(b/c,d),e`; raise ValueError if it cannot be read."""
    tokens = [*re.findall(r"[\w*]+|[/(),]", text), ")"]
    try:
        mask = _parse_fields(tokens)
    except IndexError as error:
        raise ValueError(f"Invalid field mask: {text}") from error
    if tokens or re.search(r"[^\w*/(),]", text):
        raise ValueError(f"Invalid field mask: {text}")
    return mask


def _parse_fields(tokens: list[str]) -> Mask:
    """Take the fields up to a closing bracket from the tokens."""
    mask: Mask = {}
    leaf = mask
    while True:
        name = tokens.pop(0)
        if name in "/(),":
            raise ValueError(f"Invalid field mask at {name}")
        leaf = leaf.setdefault(name, {})
        if tokens[0] == "(":
            del tokens[0]
            leaf |= _parse_fields(tokens)
        match tokens.pop(0):
            case ",":
                leaf = mask
            case ")":
                return mask
            case "/":
                pass
            case other:
                raise ValueError(f"Invalid field mask at {other}")


def check_mask(mask: Mask, kind: str) -> list[str]:
    """Return the mask's fields that the message does not have."""
    kind = kind.strip("[]")
    fields = _FIELDS.get(kind, {})
    problems = []
    for name, inner in mask.items():
        if name == "*":
            continue
        if name not in fields:
            problems.append(f"Invalid field selection {name}")
        else:
            problems += check_mask(inner, fields[name])
    return problems


def select[Value](value: Value, mask: Mask) -> Value:
    """Return the part of the value that the mask asks for."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(item, mask) for item in value]  # type: ignore[return-value]
    if isinstance(value, dict):
        return {name: select(value[name], mask[name]) for name in mask if name in value}  # type: ignore[return-value]
    return value
