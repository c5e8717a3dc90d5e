import BuildStore

/// Shares files out among scan jobs, by bytes: scanning is the slowest stage, so its jobs are the smallest.
enum ScanPlanner {
    static let bytes: Int64 = 32 << 20
    static let files = 1024

    static func plan(_ files: [(file: Int, size: Int64)]) -> [ScanPlan] {
        var plans: [ScanPlan] = []
        var numbers: [Int] = []
        var bytes: Int64 = 0
        for file in files {
            if !numbers.isEmpty, bytes + file.size > self.bytes || numbers.count >= self.files {
                plans.append(ScanPlan(number: plans.count, files: numbers, bytes: bytes))
                numbers = []
                bytes = 0
            }
            numbers.append(file.file)
            bytes += file.size
        }
        if !numbers.isEmpty { plans.append(ScanPlan(number: plans.count, files: numbers, bytes: bytes)) }
        return plans
    }
}
