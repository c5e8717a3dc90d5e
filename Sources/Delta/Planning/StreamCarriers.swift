/// Files that hold deflate streams, by their names or first bytes.
public enum StreamCarriers {
    /// How many times larger such files are, about, once their streams are open.
    private static let growth = [
        "png": 8, "apng": 8, "zip": 2, "jar": 2, "apk": 2, "aab": 2, "ipa": 2, "whl": 2, "nupkg": 2, "love": 2,
        "pk3": 2,
        "pk4": 2, "gz": 2, "tgz": 2, "svgz": 2,
    ]

    /// How many times larger a file may be once its streams are open; 1 for one that is not known to hold any.
    ///
    /// A guess that only decides how files are cut: what is opened is found in their bytes.
    public static func growth(of path: String) -> Int {
        guard let dot = path.lastIndex(of: ".") else { return 1 }
        return self.growth[path[path.index(after: dot)...].lowercased()] ?? 1
    }

    /// The same by the first bytes of a file, where these are at hand: a PNG image, a zip archive, a gzip file.
    public static func growth(beginning bytes: [UInt8]) -> Int {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return 8 }
        return bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x1F, 0x8B]) ? 2 : 1
    }
}
