import Content
public import Delta

/// Makes the groups of an outline, each alone.
///
/// A group's bytes depend on the outline and the shared runs, not on which others were made here, before or at the same time.
/// Any number of threads may make groups; those that follow each other share the work of reading the old version.
public struct GroupEncoder: Sendable {
    private let plan: GroupPlan
    private let shared: GroupPlan.Group?
    private let makeGroup: @Sendable (GroupPlan.Group) throws -> GroupMaker.Made

    /// Reads the shared runs; of other files nothing is read until their group is made.
    ///
    /// - Parameter shared: as ``PatchOutline/sharedExtents(isCancelled:)`` found them.
    /// - Throws: ``PatchError/invalidTarget(file:)`` for runs of other files than the outline's; as the sources do.
    public init(_ outline: PatchOutline, shared: [PatchExtent]) throws {
        let cache = ReferenceCache(limits: outline.limits, matching: outline.level.matching)
        self.makeGroup =
            outline.level == .fast
            ? HastyMaker(cache: cache).make
            : GroupMaker(level: outline.level, cache: cache, limits: outline.limits).make
        var plan = outline.plan
        self.shared = try shared.isEmpty ? nil : SharedContent(plan, limits: outline.limits).group(of: shared)
        if let group = self.shared {
            plan.addReference(PatchReference(file: -1, source: group.output.parts[0].source))
        }
        self.plan = plan
    }

    /// Makes the shared group; nil when there is none.
    ///
    /// - Throws: as ``make(_:)``.
    public func makeShared() throws -> EncodedGroup? { try self.shared.map { EncodedGroup(try self.makeGroup($0)) } }

    /// - Parameter number: of a group in the outline.
    /// - Throws: ``PatchError``, or as the sources do.
    public func make(_ number: Int) throws -> EncodedGroup {
        EncodedGroup(try self.makeGroup(self.plan.groups[number]))
    }
}

/// A group that is made, and not yet in its place.
public struct EncodedGroup: Sendable {
    /// As a patch that began with its payload would list it.
    public let group: PatchGroup
    public let payload: [UInt8]

    init(_ made: GroupMaker.Made) {
        self.payload = made.payload
        self.group = PatchGroup(
            outputs: made.outputs.extents, inputs: made.inputs.extents, method: made.method, offset: 0,
            payload: made.payload.count, payloadCheck: PatchReader.check(made.payload), digest: made.digest)
    }
}
