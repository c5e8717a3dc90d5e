// swift-tools-version: 6.2
import PackageDescription

/// Every target of this package is compiled the same way; nobody opts out.
///
/// Warnings are errors where the tests are run (`SLIPWAY_STRICT=1`), not where a user's newer compiler may know more of
/// them.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ] + (Context.environment["SLIPWAY_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : [])

/// A system C library and the Debian package that carries its headers.
func cLibrary(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A library of ours; a target may import targets of lower layers only.
func layer(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
}

/// The tests of one target, against the real thing wherever there is one.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "slipway",
    products: [
        .executable(name: "slipway", targets: ["slipway"]),
        .executable(name: "slipway-client", targets: ["slipway-client"]),
        .executable(name: "slipway-scanner", targets: ["slipway-scanner"]),
        .executable(name: "slipway-bench", targets: ["slipway-bench"]),
        .executable(name: "s3-bench", targets: ["s3-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Layer 0: C libraries, a module map and a shim header each.
        cLibrary("CLibPQ", pkgConfig: "libpq", apt: "libpq-dev"),
        cLibrary("CLibZstd", apt: "libzstd-dev"),
        cLibrary("CLibSSL", apt: "libssl-dev"),
        cLibrary("CLibArchive", apt: "libarchive-dev"),
        cLibrary("CLibClamAV", apt: "libclamav-dev"),
        .systemLibrary(name: "CLinux"),

        // Layer 1: values in, values out. No I/O, no clock, no chance.
        layer("Content", [], exclude: ["README.md"]),
        .target(name: "CGear"),
        layer("Chunking", ["CGear"], exclude: ["README.md"]),
        layer("Inspection", ["Content"]),
        .systemLibrary(name: "CPrefetch"),
        layer("Delta", ["CPrefetch", "Content"]),
        layer("SigV4", ["Content"]),
        layer("Multipart", ["Content"]),
        layer("JobLifecycle", []),
        layer("Storefront", []),
        layer("MediaFiles", ["Content", "Storefront"]),

        // Layer 2: one outside world each; the only place for `unsafe`.
        layer("Threads", ["CLinux"]),
        layer("Digests", ["CLibSSL", "Content"]),
        layer("Envelope", ["CLibSSL", "Digests"]),
        layer("Zstd", ["CLibZstd"]),
        layer("ContentHashing", ["Chunking", "Content", "Digests", "Threads"]),
        layer("ManifestSigning", ["Content", "Digests", "Zstd"]),
        layer("Packing", ["Content", "Digests", "Zstd"], exclude: ["README.md"]),
        layer(
            "Patching", ["Content", "Delta", "Digests", "Threads", "Zstd"],
            exclude: ["README.md"]),
        layer("Archives", ["CLibArchive", "Content"]),
        layer("Staging", ["CLinux", "Content"]),
        layer("ClamAV", ["CLinux", "Content", "Threads"]),
        layer("Postgres", ["CLibPQ", "CLinux", "Content", "Threads"]),
        layer("EmbeddedPostgres", ["CLinux", "Threads"]),
        layer(
            "ObjectStore",
            [
                "CLinux", "Content", "Digests", "Multipart", "SigV4", "Threads", asyncHTTPClient, nioCore, nioHTTP1,
                nioSSL,
            ],
            exclude: ["README.md"]),
        layer("Telemetry", [coreMetrics, logging]),
        layer("LocalFiles", ["CLinux", "Content"], path: "Sources/Client/LocalFiles"),

        // Layer 3: the engine and the service's modules, each the owner of its tables. All SQL is here.
        .target(
            name: "Migrations", dependencies: ["Content", "Digests", "Postgres"], path: "Migrations",
            exclude: ["schema.sql"], resources: [.embedInCode("sql")], swiftSettings: strict),
        layer(
            "JobQueue", ["Content", "JobLifecycle", "Postgres", "Threads", lifecycle, logging, metrics],
            exclude: ["README.md"]),
        layer("BuildStore", ["Content", "JobLifecycle", "Postgres"]),
        layer(
            "Uploads",
            [
                "BuildStore", "Content", "JobLifecycle", "Multipart", "ObjectStore", "Platform", "Postgres",
                "Storefront",
            ]),
        layer(
            "Platform",
            [
                "Content", "Digests", "JobLifecycle", "Postgres", "Storefront", asyncHTTPClient, logging, nioCore,
                nioHTTP1, nioSSL,
            ]),
        layer("Accounts", ["Content", "Digests", "Platform", "Postgres", "Storefront"]),
        layer("Games", ["Content", "Platform", "Postgres", "Storefront"]),
        layer("Releases", ["BuildStore", "Content", "Games", "Platform", "Postgres", "Storefront"]),
        layer("Analytics", ["Content", "JobLifecycle", "Platform", "Postgres", "Storefront", logging]),
        layer("Finance", ["Content", "Envelope", "Platform", "Postgres", "Storefront"]),
        layer(
            "Access",
            [
                "Accounts", "Content", "Digests", "Platform", "Postgres", "Storefront", asyncHTTPClient, jwtKit,
                logging,
                nioCore, nioHTTP1,
            ]),

        // Layer 4: what is done to a build, stage by stage.
        layer(
            "Jobs",
            [
                "Accounts", "Analytics", "Archives", "BuildStore", "ClamAV", "Content", "ContentHashing", "Delta",
                "Digests", "Finance", "Games", "Inspection", "JobLifecycle", "JobQueue", "ManifestSigning",
                "MediaFiles", "ObjectStore", "Packing", "Patching", "Platform", "Postgres", "Releases", "Staging",
                "Storefront", "Threads", "Zstd",
                asyncHTTPClient, logging, metrics, nioCore, nioHTTP1,
            ],
            path: "Jobs"),

        // Layer 5: HTTP in, HTTP out.
        layer(
            "API",
            [
                "Access", "Accounts", "Analytics", "BuildStore", "Content", "Digests", "Envelope", "Finance", "Games",
                "JobLifecycle", "JobQueue", "Multipart", "ObjectStore", "Platform", "Postgres", "Releases",
                "Storefront", "Uploads", hummingbird, httpTypes, lifecycle, logging, metrics, nioCore,
            ]),
        layer(
            "DevelopmentPlatform",
            [
                "Digests", "Storefront", asyncHTTPClient, hummingbird, httpTypes, lifecycle, logging, nioCore, nioHTTP1,
            ]),
        layer(
            "Client",
            [
                "CLinux", "Content", "ContentHashing", "Delta", "Digests", "LocalFiles", "ManifestSigning", "Packing",
                "Patching", "Threads", "Zstd",
                asyncHTTPClient, nioCore, nioHTTP1,
            ],
            exclude: ["LocalFiles"]),

        // Layer 6: the programs, and the commands that two of them share. The scanner is one of its own: what links libclamav is under the GPL.
        layer("ClientCommands", ["Client", "Content", "LocalFiles", "Threads", argumentParser]),
        .executableTarget(
            name: "slipway-client", dependencies: ["ClientCommands", argumentParser], swiftSettings: strict),
        .executableTarget(
            name: "slipway",
            dependencies: [
                "API", "Access", "Accounts", "Analytics", "Archives", "BuildStore", "Chunking", "ClamAV", "Client",
                "ClientCommands", "Content", "ContentHashing", "Delta", "DevelopmentPlatform", "Digests",
                "EmbeddedPostgres", "Envelope", "Finance", "Games", "JobLifecycle", "JobQueue", "Jobs",
                "LocalFiles", "Migrations", "ObjectStore", "Patching", "Platform", "Postgres", "Releases", "Staging",
                "Storefront",
                "Telemetry",
                "Threads", "Uploads", "Zstd", "slipway-scanner", argumentParser, asyncHTTPClient, configuration,
                hummingbird,
                lifecycle,
                logging, metrics, nioCore, nioPosix, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "slipway-scanner", dependencies: ["CLibClamAV"], exclude: ["README.md"],
            linkerSettings: [.linkedLibrary("clamav")]),

        // Measures the engine: what `bench/run queue` starts, beside the scripts that run others on the same work.
        .executableTarget(
            name: "slipway-bench",
            dependencies: [
                "JobLifecycle", "JobQueue", "Migrations", "Postgres", "QueueSimulation", argumentParser, hummingbird,
                lifecycle, logging, nioCore, unixSignals,
            ],
            path: "bench/QueueBench", swiftSettings: strict),
        .executableTarget(
            name: "core-bench", dependencies: ["ClamAV", "Content", "ContentHashing", "Digests", "Threads"],
            path: "bench/core", swiftSettings: strict),
        .executableTarget(
            name: "s3-bench",
            dependencies: [
                "Content", "Digests", "Faults", "ObjectStore", "SigV4", "Threads", asyncHTTPClient, nioCore,
            ],
            path: "bench/S3Bench", swiftSettings: strict),

        // Tests: each target's own, against real servers from TestKit.
        layer("Fuzzing", [], path: "Tests/Fuzzing"),
        layer("Faults", ["Fuzzing", nioCore, nioPosix], path: "Tests/Faults"),
        layer(
            "TestKit",
            [
                "Content", "Digests", "EmbeddedPostgres", "Fuzzing", "Migrations", "Multipart", "ObjectStore",
                "Postgres",
                "Storefront", httpTypes, hummingbird, lifecycle, logging, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            path: "Tests/TestKit"),
        tests(
            "APITests",
            [
                "API", "Access", "Accounts", "Analytics", "BuildStore", "Client", "Content", "Digests", "Envelope",
                "Finance", "Games", "JobLifecycle", "JobQueue", "Multipart", "ObjectStore", "Platform", "Postgres",
                "Releases", "Storefront", "Telemetry", "TestKit",
                "Threads", "Uploads", asyncHTTPClient, httpTypes, hummingbird, lifecycle, logging, metrics,
                nioCore, nioHTTP1,
            ]),
        tests(
            "AccessTests",
            [
                "Access", "Accounts", "Content", "Digests", "Platform", "Postgres", "Storefront", "TestKit", jwtKit,
            ]),
        tests("AccountsTests", ["Accounts", "Content", "Platform", "Postgres", "Storefront", "TestKit"]),
        tests(
            "AnalyticsTests",
            [
                "Analytics", "Content", "Digests", "JobLifecycle", "Platform", "Postgres", "Storefront", "TestKit",
                asyncHTTPClient,
            ]),
        tests("ArchivesTests", ["Archives", "CLibArchive", "Content", "Fuzzing", "Staging"]),
        tests("BuildStoreTests", ["BuildStore", "Content", "Fuzzing", "JobLifecycle", "Postgres", "TestKit"]),
        tests("ChunkingTests", ["Chunking"]),
        tests("ClamAVTests", ["ClamAV", "Content", "Fuzzing", "slipway-scanner"]),
        tests(
            "ClientTests",
            [
                "Client", "Content", "ContentHashing", "Delta", "Digests", "Fuzzing", "LocalFiles", "ManifestSigning",
                "Packing", "Patching", "Threads", "Zstd", nioCore, nioHTTP1, nioPosix,
            ]),
        tests("ContentHashingTests", ["Chunking", "Content", "ContentHashing", "Digests", "Threads"]),
        tests("ContentTests", ["Content", "Fuzzing"]),
        tests("InspectionTests", ["Content", "Fuzzing", "Inspection"]),
        tests("DeltaTests", ["Content", "Delta", "Digests", "Fuzzing"]),
        tests(
            "DevelopmentPlatformTests",
            [
                "Analytics", "Content", "DevelopmentPlatform", "Digests", "Finance", "Platform", "Storefront",
                "TestKit",
                asyncHTTPClient, httpTypes, hummingbird, lifecycle, logging, nioCore, nioHTTP1,
            ]),
        tests("DigestsTests", ["Content", "Digests", "Fuzzing"]),
        tests("EmbeddedPostgresTests", ["EmbeddedPostgres", "Postgres", "TestKit"]),
        tests("EnvelopeTests", ["Content", "Envelope"]),
        tests("FinanceTests", ["Content", "Envelope", "Finance", "Platform", "Postgres", "Storefront", "TestKit"]),
        tests("GamesTests", ["Content", "Games", "Postgres", "Storefront", "TestKit"]),
        layer("QueueSimulation", ["JobLifecycle"], path: "Tests/QueueSimulation"),
        tests("JobLifecycleTests", ["JobLifecycle", "QueueSimulation"]),
        tests("JobQueueTests", ["JobLifecycle", "JobQueue", "Postgres", "TestKit", lifecycle, logging]),
        tests(
            "JobsTests",
            [
                "Analytics", "Archives", "BuildStore", "ClamAV", "Content", "ContentHashing", "Delta", "Digests",
                "Envelope", "Finance", "Fuzzing", "Games", "Inspection", "JobLifecycle", "JobQueue", "Jobs",
                "ManifestSigning", "MediaFiles", "Multipart", "ObjectStore", "Packing", "Patching", "Platform",
                "Postgres", "Releases",
                "SigV4", "Staging", "Storefront", "TestKit", "Threads", "Uploads",
                asyncHTTPClient,
                httpTypes, hummingbird, lifecycle, logging, nioCore,
            ]),
        .executableTarget(
            name: "slipway-kill-meter-worker",
            dependencies: ["JobLifecycle", "JobQueue", "Postgres", argumentParser, lifecycle, logging, unixSignals],
            path: "Tests/KillMeterWorker", swiftSettings: strict),
        tests(
            "KillMeterTests",
            ["JobLifecycle", "JobQueue", "Postgres", "TestKit", "slipway-kill-meter-worker", nioCore, nioPosix]),
        tests("ManifestSigningTests", ["Content", "ContentHashing", "Digests", "Fuzzing", "ManifestSigning"]),
        tests("MediaFilesTests", ["Content", "MediaFiles", "Storefront"]),
        tests("MigrationsTests", ["Migrations", "Postgres", "TestKit"]),
        tests("MultipartTests", ["Content", "Multipart"]),
        tests(
            "ObjectStoreTests",
            [
                "Content", "Digests", "Faults", "Multipart", "ObjectStore", "SigV4", "TestKit", "Threads",
                asyncHTTPClient, nioCore, nioHTTP1,
            ]),
        tests("PackingTests", ["Content", "Digests", "Fuzzing", "Packing", "Zstd"]),
        tests("PatchingTests", ["Content", "Delta", "Digests", "Fuzzing", "Patching"]),
        tests(
            "PlatformTests",
            [
                "Content", "JobLifecycle", "Platform", "Postgres", "Storefront", "TestKit", asyncHTTPClient, nioCore,
                nioHTTP1, nioPosix, nioSSL,
            ]),
        tests("PostgresTests", ["Content", "Postgres", "TestKit"]),
        tests(
            "ScenarioTests",
            [
                "Access", "Content", "Digests", "Faults", "Fuzzing", "Packing", "Postgres", "Storefront", "TestKit",
                "slipway", "slipway-client", "slipway-scanner", asyncHTTPClient, nioCore, nioHTTP1,
            ]),
        tests(
            "ReleasesTests",
            [
                "BuildStore", "Content", "Games", "JobLifecycle", "Platform", "Postgres", "Releases", "Storefront",
                "TestKit",
            ]),
        tests("SigV4Tests", ["Content", "Digests", "SigV4"], resources: [.copy("s3-sigv4-vectors.json")]),
        tests("StagingTests", ["Content", "Staging"]),
        tests("StorefrontTests", ["Storefront"]),
        tests("TelemetryTests", ["Telemetry", coreMetrics, logging]),
        tests("ThreadsTests", ["Threads"]),
        tests("ZstdTests", ["Zstd"]),
    ]
)
