/// Bytes that look random and are the same every time.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

/// Bytes that compress, but not to nothing.
func prose(_ count: Int, seed: UInt64) -> [UInt8] {
    let words = ["level", "texture", "shader", "sound", "mesh", "light", "the", "of", "a", "\n", "0x", "42"].map {
        Array($0.utf8)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 16)
    for byte in noise(count, seed: seed) {
        guard bytes.count < count else { break }
        bytes += words[Int(byte) % words.count] + [32]
    }
    return Array(bytes.prefix(count))
}
