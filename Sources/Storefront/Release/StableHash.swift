/// A hash that is the same on every machine and in every release.
///
/// FNV-1a (Fowler, Noll, Vo; 64 bits) over the bytes, finished by `fmix64` of MurmurHash3 (Appleby), whose avalanche
/// makes neighbouring identifiers fall apart. The constants must never change: players would change sides.
public enum StableHash {
    public static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    /// Which of 10,000 equal shares somebody falls into, from 0.
    static func share(of name: String, seed: String) -> UInt64 { self.hash("\(seed)\n\(name)") % 10_000 }
}
