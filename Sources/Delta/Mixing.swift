/// The logistic function and its inverse as tables, in the fixed point of PAQ (Mahoney, "Data Compression Explained").
///
/// Made with integers alone, so that every machine has the same ones: a difference of one would garble a patch.
enum Mixing {
    /// `ln(p / (1 - p))` of a probability in 1/4096, times 256.
    static let stretched: [Int16] = {
        var table = [Int16](repeating: 0, count: 4096)
        var next = 0
        for value in -2047...2047 {
            let probability = Int(interpolated(Int32(value)))
            while next <= probability, next < 4096 {
                table[next] = Int16(value)
                next += 1
            }
        }
        while next < 4096 {
            table[next] = 2047
            next += 1
        }
        return table
    }()

    /// Inverse of ``stretched`` for -2047 to 2047, plus 2047.
    static let squashed: [Int16] = (-2047...2047).map { Int16(interpolated(Int32($0))) }

    /// Interpolates between 33 points of `4096 / (1 + exp(-x / 256))`.
    private static func interpolated(_ value: Int32) -> Int32 {
        let points: [Int32] = [
            1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785,
            3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
        ]
        let fraction = value & 127
        let index = Int(value >> 7) + 16
        return (points[index] * (128 - fraction) + points[index + 1] * fraction + 64) >> 7
    }
}
