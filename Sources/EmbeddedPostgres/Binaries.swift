import Glibc

/// PostgreSQL's programs, of one major version.
struct Binaries {
    let directory: String
    let major: Int

    var initdb: String { self.directory + "/initdb" }
    var server: String { self.directory + "/postgres" }

    /// Finds the newest version, or the very one that a cluster was made by.
    ///
    /// - Parameter places: directories to search in place of the usual ones, unless empty.
    static func find(major wanted: Int?, in places: [String]) throws(EmbeddedPostgresError) -> Binaries {
        let searched = places.isEmpty ? Self.usualPlaces : places
        let found = searched.compactMap { directory -> Binaries? in
            guard Files.isExecutable(directory + "/initdb"), let major = Self.major(of: directory + "/postgres") else {
                return nil
            }
            return Binaries(directory: directory, major: major)
        }
        let fitting = found.filter { wanted == nil || $0.major == wanted }
        guard let newest = fitting.max(by: { $0.major < $1.major }) else {
            throw .binariesMissing(searched: searched, package: wanted.map { "postgresql-\($0)" } ?? "postgresql")
        }
        return newest
    }

    private static var usualPlaces: [String] {
        let debian = Files.entries(of: "/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        return debian.sorted() + Files.searchPath
    }

    /// The number after the program's name in what `--version` says.
    private static func major(of server: String) -> Int? {
        guard Files.isExecutable(server), let result = try? Child.run([server, "--version"]), result.status == 0 else {
            return nil
        }
        let number = result.output.split(separator: " ").compactMap { word in
            word.first?.isNumber == true ? Int(word.prefix { $0.isNumber }) : nil
        }
        return number.first
    }
}
