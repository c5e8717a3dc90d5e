/// Jobs that stand in line as one row: short ones, enqueued together, with numbers that follow each other.
///
/// A claim takes a run for the price of one job. It never reaches beyond a number that ``longest`` divides, so the run of a
/// job is found near it, and lies in one partition.
struct JobRun: Equatable, Sendable {
    static let longest = 64

    let first: Int64
    var span: Int16 = 1

    /// The runs of some jobs, in their order.
    ///
    /// - Parameters:
    ///   - ids: in rising order.
    ///   - isAlike: whether a job and the one after it may be of one run, by their places in `ids`.
    static func runs(of ids: [Int64], where isAlike: (_ place: Int, _ next: Int) -> Bool = { _, _ in true }) -> [JobRun]
    {
        var runs: [JobRun] = []
        for (place, id) in ids.enumerated() {
            if place > 0, id == ids[place - 1] + 1, id % Int64(Self.longest) != 0, isAlike(place - 1, place) {
                runs[runs.count - 1].span += 1
            } else {
                runs.append(JobRun(first: id))
            }
        }
        return runs
    }
}
