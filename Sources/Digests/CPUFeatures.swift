import CLibSSL

/// What libcrypto found the processor able to do, for `doctor` and logs.
public enum CPUFeatures {
    /// Whether SHA-256 runs on the processor's own instructions, which is five to seven times faster.
    ///
    /// Reads what libcrypto itself decided by, so an `OPENSSL_ia32cap` in the environment that switches
    /// the instructions off is seen too. False on processors this function does not know.
    public static var hasSHAExtensions: Bool {
        guard let settings = unsafe OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS) else { return false }
        return self.hasSHAExtensions(in: unsafe String(cString: settings))
    }

    /// - Parameter settings: as `openssl info -cpusettings` prints them.
    static func hasSHAExtensions(in settings: String) -> Bool {
        let parts = settings.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let words = parts.last?.split(whereSeparator: { $0 == ":" || $0 == " " }) else {
            return false
        }
        let values = words.prefix(2).map { word in
            UInt64(word.hasPrefix("0x") ? word.dropFirst(2) : word, radix: word.hasPrefix("0x") ? 16 : 10) ?? 0
        }
        switch parts.first {
        // OPENSSL_ia32cap(3): the second word begins with EBX of CPUID leaf 7, where bit 29 is SHA.
        case "OPENSSL_ia32cap": return values.count == 2 && values[1] & 1 << 29 != 0
        // crypto/arm_arch.h: ARMV8_SHA256 is bit 4.
        case "OPENSSL_armcap": return values.first.map { $0 & 1 << 4 != 0 } ?? false
        default: return false
        }
    }
}
