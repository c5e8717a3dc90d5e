import CLibZstd

/// Turns zstd's "a size, or an error in disguise" into a size or a thrown error.
func checked(_ result: Int) throws(ZstdError) -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let reason = unsafe String(cString: ZSTD_getErrorName(result))
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_memory_allocation: throw .outOfMemory
    case ZSTD_error_frameParameter_windowTooLarge: throw .windowTooLarge
    case ZSTD_error_srcSize_wrong: throw .truncated
    case ZSTD_error_parameter_outOfBound, ZSTD_error_parameter_unsupported,
        ZSTD_error_parameter_combination_unsupported:
        throw .invalidSettings(reason: reason)
    default: throw .corrupt(reason: reason)
    }
}
