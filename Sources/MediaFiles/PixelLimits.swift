/// How large a picture may be when it is opened.
public struct PixelLimits: Sendable {
    /// The shortest side, at least.
    public var minimumSide: Int
    /// The longest side, at most.
    public var maximumSide: Int
    /// Width times height, at most.
    public var maximumArea: Int

    public init(minimumSide: Int = 16, maximumSide: Int = 16_384, maximumArea: Int = 64 << 20) {
        self.minimumSide = minimumSide
        self.maximumSide = maximumSide
        self.maximumArea = maximumArea
    }

    func check(_ size: PixelSize) throws(MediaFileError) {
        guard size.width >= self.minimumSide, size.height >= self.minimumSide else {
            throw .tooSmall(width: size.width, height: size.height, limit: self.minimumSide)
        }
        guard size.width <= self.maximumSide, size.height <= self.maximumSide else {
            throw .tooManyPixels(width: size.width, height: size.height, limit: self.maximumArea)
        }
        let (area, overflowed) = size.width.multipliedReportingOverflow(by: size.height)
        guard !overflowed, area <= self.maximumArea else {
            throw .tooManyPixels(width: size.width, height: size.height, limit: self.maximumArea)
        }
    }
}

/// Width and height of a picture.
public struct PixelSize: Hashable, Sendable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
