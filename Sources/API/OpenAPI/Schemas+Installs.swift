import BuildStore
import Storefront

extension Schemas {
    /// Of what players have installed.
    static let installs: [(String, JSONValue)] = [
        (
            "InstallCounts",
            object(
                [
                    "day": ["type": "string", "format": "date"],
                    "versions": [
                        "type": "array", "minItems": 1, "maxItems": .integer(Int64(InstallRoutes.most)), "items": count,
                    ],
                ], ["day", "versions"])
        ),
        (
            "RecordedInstalls",
            object(
                ["recorded": integer, "unknown": ["type": "array", "items": id]], ["recorded", "unknown"])
        ),
    ]

    private static let count = object(
        [
            "version_id": id,
            "installs": ["type": "integer", "minimum": 0, "maximum": .integer(InstallRoutes.mostInstalls)],
        ], ["version_id", "installs"])
}
