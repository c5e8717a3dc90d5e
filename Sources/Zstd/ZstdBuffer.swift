/// A fixed run of memory for zstd to write into, freed on scope exit.
@safe struct ZstdBuffer: ~Copyable {
    let memory: UnsafeMutableBufferPointer<UInt8>

    init(count: Int) {
        unsafe self.memory = .allocate(capacity: count)
        unsafe self.memory.initialize(repeating: 0)
    }

    deinit { unsafe self.memory.deallocate() }

    var count: Int { unsafe self.memory.count }
}
