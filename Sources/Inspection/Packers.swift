/// Tools that pack or protect executables, by what they leave behind.
enum Packers {
    private static let bySection: [(prefix: String, name: String)] = [
        ("UPX", "UPX"), (".vmp", "VMProtect"), (".themida", "Themida"), (".winlice", "WinLicense"),
        (".aspack", "ASPack"),
        (".adata", "ASPack"), (".petite", "Petite"), (".MPRESS", "MPRESS"), (".enigma", "Enigma"), (".nsp", "NsPack"),
        (".pec", "PECompact"), ("PEC2", "PECompact"), (".yP", "Y0da"), (".packed", "RLPack"), (".RLPack", "RLPack"),
        ("MEW", "MEW"), (".svkp", "SVKP"), (".taz", "PESpin"), (".tsu", "TSULoader"), (".wwpack", "WWPack"),
        (".perplex", "Perplex"), (".boom", "Boomerang"), (".ccg", "CCG"), ("FSG!", "FSG"), (".kkrunchy", "kkrunchy"),
    ]

    static func packer(ofSections names: [String]) -> String? {
        for name in names {
            if let match = self.bySection.first(where: { name.hasPrefix($0.prefix) }) { return match.name }
        }
        return nil
    }

    static func hasUPXMark(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        return (0...bytes.count - 4).contains { bytes[$0..<$0 + 4].elementsEqual("UPX!".utf8) }
    }
}
