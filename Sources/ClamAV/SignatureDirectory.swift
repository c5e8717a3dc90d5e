import FoundationEssentials

/// A directory of signature files, and whether it is ours.
struct SignatureDirectory: Equatable {
    let path: String
    let isBundledSet: Bool

    // As in slipway-scanner's database.c, less what configures the engine without being a signature.
    private static let extensions: Set<String> = [
        "cvd", "cld", "cud", "hdb", "hdu", "hsb", "hsu", "mdb", "mdu", "msb", "msu", "ndb", "ndu", "ldb", "ldu", "sdb",
        "db", "zmd", "rmd", "idb", "pdb", "gdb", "wdb", "cbc", "cdb", "crb", "imp", "ioc", "yar", "yara",
    ]

    /// Chooses the configured directory if it holds signatures, else the bundled ones.
    ///
    /// - Throws: ``ScanError/databaseMissing(directory:)`` when there is nothing to fall back to.
    static func resolve(_ directory: String, bundledBelow fallback: String?) throws(ScanError) -> SignatureDirectory {
        if self.holdsSignatures(directory) { return SignatureDirectory(path: directory, isBundledSet: false) }
        guard let fallback else { throw .databaseMissing(directory: directory) }
        return SignatureDirectory(path: try BundledSignatures.write(below: fallback), isBundledSet: true)
    }

    /// How one file looks from outside.
    struct Entry: Equatable, Sendable {
        let name: String
        let size: Int
        let modified: Date?
    }

    /// How the signature files look from outside, by name: cheap to compare, though not proof against a forged time.
    var fingerprint: [Entry] {
        Self.signatureFiles(in: self.path).sorted().map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: self.path + "/" + name)
            return Entry(
                name: name, size: attributes?[.size] as? Int ?? -1,
                modified: attributes?[.modificationDate] as? Date)
        }
    }

    private static func holdsSignatures(_ directory: String) -> Bool { !self.signatureFiles(in: directory).isEmpty }

    private static func signatureFiles(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { name in
            guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
            return self.extensions.contains(name[name.index(after: dot)...].lowercased())
        }
    }
}
