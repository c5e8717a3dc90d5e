import Content
import FoundationEssentials

/// The few signatures that come with the program, for a first start and for tests without a database.
///
/// They know the EICAR test file (https://www.eicar.org) and the payload of Debian's clamav-testfiles, no malware.
enum BundledSignatures {
    static let version = "bundled-1"

    /// The EICAR test file's 68 bytes, in hexadecimal so that no other scanner takes this source for one.
    private static let testFile = """
        58354f2150254041505b345c505a58353428505e2937434329377d24\
        45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a
        """

    /// In ClamAV's formats: `.hdb` is MD5, size, name; `.ndb` is name, any type of file, any offset, bytes.
    static let files: [String: String] = [
        "slipway.hdb": """
        44d88612fea8a8f36de82e1278abb02f:68:Slipway.Test.EICAR-file
        aa15bcf478d165efd2065190eb473bcb:544:Slipway.Test.ClamTestFile

        """,
        "slipway.ndb": """
        Slipway.Test.EICAR:0:*:\(testFile)

        """,
    ]

    /// Bytes that an engine with these signatures must call infected.
    static var marker: [UInt8] { Hexadecimal.decode(self.testFile) ?? [] }

    /// Writes the signatures below a directory, each in one step, and leaves right ones alone.
    ///
    /// - Returns: the directory to load.
    static func write(below directory: String) throws(ScanError) -> String {
        let target = directory + "/" + self.version
        do {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            for (name, text) in self.files {
                let path = target + "/" + name
                if FileManager.default.contents(atPath: path) == Data(text.utf8) { continue }
                try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            }
        } catch {
            throw .directoryUnusable(path: target, reason: "\(error)")
        }
        return target
    }
}
