import Content
import Digests
import LocalFiles
import ManifestSigning

/// The signed manifests that a folder's own state holds.
///
/// Blocks.
struct InstalledState: Sendable {
    /// What is installed; nil when nothing is, or nobody can tell.
    let installed: Installer.Signed?
    /// What an earlier pull was putting in place when it was stopped.
    let begun: Installer.Signed?
    /// Files that were there and are of no use.
    let damaged: [String]

    /// - Parameter keys: whose signatures count.
    init(of folder: InstallFolder, trusting keys: [Ed25519.VerifyingKey]) throws {
        var damaged: [String] = []
        func read(_ file: InstallFolder.StateFile) throws -> Installer.Signed? {
            guard let bytes = try folder.read(file) else { return nil }
            do {
                return try Installer.Signed(envelope: bytes, trusting: keys)
            } catch {
                damaged.append("\(folder.location(file)): \(error)")
                return nil
            }
        }
        self.installed = try read(.manifest)
        self.begun = try read(.target)
        self.damaged = damaged
    }
}

extension Installer.Signed {
    /// - Throws: ``ManifestSigningError``.
    init(envelope: [UInt8], trusting keys: [Ed25519.VerifyingKey]) throws(ManifestSigningError) {
        let (manifest, digest) = try ManifestEnvelope.open(envelope, trusting: keys)
        self.init(manifest: manifest, digest: digest, envelope: envelope)
    }
}
