import HTTPTypes
import Storefront

extension RouteTable {
    private static let game = "/games/{game_id}"
    private static let promotion = "/games/{game_id}/promotions/{promotion_id}"

    /// Prices and promotions.
    static let pricing: [RouteDeclaration] = [
        route(.getPricing, .get, "\(game)/pricing", .permission(.pricingRead), "Read prices", nil, 200, "Pricing"),
        route(
            .updatePricing, .put, "\(game)/pricing", .permission(.pricingWrite), "Change prices and the discount",
            "PricingChange", 200, "Pricing"),
        alias(
            .updatePricing, .patch, "\(game)/pricing", .permission(.pricingWrite), "Change prices and the discount",
            "PricingChange", 200, "Pricing"),
        route(
            .previewPricing, .post, "\(game)/pricing/preview", .permission(.pricingRead), "Try prices out",
            "PricingChange", 200, "PricingPreview"),
        route(
            .listPriceHistory, .get, "\(game)/pricing/history", .permission(.pricingRead), "List former prices", nil,
            200, "PriceHistory"),
        route(
            .listRegions, .get, "/pricing/regions", .permission(.pricingRead), "List countries and their currencies",
            nil, 200, "RegionList"),
        route(
            .createPromotion, .post, "\(game)/promotions", .permission(.promotionsWrite), "Plan a promotion",
            "NewPromotion", 201, "Promotion"),
        route(
            .listPromotions, .get, "\(game)/promotions", .permission(.pricingRead), "List promotions", nil, 200,
            "PromotionList"),
        route(.getPromotion, .get, promotion, .permission(.pricingRead), "Read a promotion", nil, 200, "Promotion"),
        route(
            .updatePromotion, .patch, promotion, .permission(.promotionsWrite), "Change a promotion",
            "PromotionChange", 200, "Promotion"),
        route(
            .cancelPromotion, .delete, promotion, .permission(.promotionsWrite), "Call a promotion off", nil, 204, nil),
    ]
}
