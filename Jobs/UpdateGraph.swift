import Content
import JobQueue

/// What is done for the update from one version to another, by builds that know it beforehand and for versions that go live
/// later.
extension JobGraph {
    /// Adds the making of a patch.
    ///
    /// - Parameters:
    ///   - place: of the earlier version among those that players are likely to have; 0 for the likeliest.
    ///   - isRollback: whether the patch leads back to the earlier version.
    ///   - parents: what must have completed before.
    /// - Returns: the job after which nothing of it is left to do.
    mutating func addPatch(
        to version: VersionID, from other: VersionID, place: Int, isRollback: Bool, after parents: [Node]
    ) -> Node {
        let plan = self.add(
            PlanPatch(
                version: version, other: other, isRollback: isRollback,
                rank: PatchPolicy.rank(place, isRollback: isRollback)), after: parents)
        return self.add(AssemblePatch(version: version, other: other, isRollback: isRollback), after: [plan])
    }

    /// Adds what tells the update's cost: at once by chunks, and by reading the files when the version is ready.
    ///
    /// - Parameter parents: after which the version is ready.
    /// - Returns: the job after which nothing of it is left to do.
    mutating func addPreview(of version: VersionID, from other: VersionID, whenReady parents: [Node]) -> Node {
        self.add(PreviewUpdate(version: version, other: other))
        return self.add(ExplainUpdate(version: version, other: other), after: parents)
    }
}
