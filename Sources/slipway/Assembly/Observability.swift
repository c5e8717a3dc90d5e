import Foundation
import Logging
import Metrics
import Telemetry
import Threads

/// Logs, metrics and memory of the process.
enum Observability {
    /// Starts logs and metrics, once: plain lines on a terminal, JSON elsewhere. `SLIPWAY_LOG_LEVEL` sets the level.
    static func start(quiet: Bool = false) -> PrometheusRegistry {
        ProcessHeap.keepSmall()
        let named = ProcessInfo.processInfo.environment["SLIPWAY_LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:))
        let level = named ?? (quiet ? .warning : .notice)
        let terminal = isatty(STDERR_FILENO) == 1
        LoggingSystem.bootstrap { label in
            terminal
                ? PlainLogHandler(level: level) as any LogHandler
                : JSONLogHandler(label: label, level: level)
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
