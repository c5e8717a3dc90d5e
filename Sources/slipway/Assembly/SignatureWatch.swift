import ClamAV
import Jobs
import Logging
import ServiceLifecycle

/// Picks up new signatures while scans go on, and has published versions looked at again with them.
struct SignatureWatch: Service, CustomStringConvertible {
    let scanner: ScannerPool
    let rescans: RescanPlanner

    var description: String { "signature watch" }

    private static let interval = Duration.seconds(60)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await self.reload()
            do {
                let count = try await self.rescans.plan(for: await self.scanner.engine)
                if count > 0 {
                    Logger.current.notice("published versions are scanned again", metadata: ["versions": "\(count)"])
                }
            } catch {
                Logger.current.warning("could not plan rescans", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    private func reload() async {
        do {
            guard let reload = try await self.scanner.reloadIfChanged() else { return }
            Logger.current.notice(
                "new signatures serve",
                metadata: [
                    "signatures.before": "\(reload.before.databaseVersion)",
                    "signatures.after": "\(reload.after.databaseVersion)",
                    "signatures.count": "\(reload.after.signatureCount)",
                ])
        } catch {
            Logger.current.warning(
                "new signatures were refused, the old ones go on serving", metadata: ["error": "\(error)"])
        }
    }
}
