import Games
import Storefront

extension Schemas {
    /// Of prices and promotions.
    static let pricing: [(String, JSONValue)] = [
        ("Money", money), ("PricingChange", object(pricingFields, [])), ("Pricing", pricingAnswer),
        ("PricingPreview", preview), ("PriceHistory", list("FormerPrice")), ("FormerPrice", former),
        ("RegionList", regions), ("NewPromotion", newPromotion), ("PromotionChange", object(promotionFields, [])),
        ("Promotion", promotion), ("PromotionList", list("Promotion")), ("PricingFinding", finding),
    ]

    /// Exact decimals: read their digits, not a binary fraction of them.
    private static let amount: JSONValue = [
        "type": ["number", "string", "null"],
        "description": "Digits as the currency has them, such as 999.00; a string of them is taken as well.",
    ]

    private static let money = object(
        ["amount": ["type": "string", "pattern": "^-?[0-9]+([.][0-9]{1,4})?$"], "currency": string],
        ["amount", "currency"])

    private static let priceList: JSONValue = [
        "type": ["object", "null"],
        "properties": [
            "base": reference("Money"), "regional": ["type": "object", "additionalProperties": reference("Money")],
        ],
    ]

    private static let pricingFields: JSONValue = [
        "base_price": amount, "regional_prices": ["type": ["object", "null"], "additionalProperties": amount],
        "discount_price": amount, "discount_start_date": perhapsTime, "discount_end_date": perhapsTime,
    ]

    private static let pricingAnswer: JSONValue = {
        var properties = pricingFields.object ?? JSONObject()
        for (name, schema) in [
            ("game_id", id), ("currency", string), ("effective_price", amount), ("prices", priceList),
            ("effective", ["type": "object"]), ("promotion", perhaps("Promotion")),
            ("warnings", array(reference("PricingFinding"))), ("updated_at", perhapsTime),
        ] as [(String, JSONValue)] { properties[name] = schema }
        return object(
            .object(properties), ["game_id", "currency", "base_price", "regional_prices", "effective_price", "prices"])
    }()

    private static let finding = object(
        [
            "severity": ["type": "string", "enum": ["error", "warning"]], "pointer": string, "code": string,
            "message": string,
        ], ["severity", "pointer", "code", "message"])

    private static let preview = object(
        [
            "prices": priceList, "discounted": priceList, "acceptable": flag,
            "findings": array(reference("PricingFinding")),
        ], ["prices", "acceptable", "findings"])

    private static let former: JSONValue = {
        var properties = pricingFields.object ?? JSONObject()
        properties["changed_at"] = time
        properties["actor"] = string
        return object(.object(properties), ["changed_at", "base_price", "actor"])
    }()

    private static let regions = object(
        [
            "base_currency": string, "warned_below_percent": integer, "refused_below_percent": integer,
            "items": array(
                object(
                    [
                        "country": string, "currency": string, "decimals": integer, "maximum": string,
                        "compared_with_base": flag,
                    ], ["country", "currency", "decimals"])),
            "next_cursor": nullable("string"),
        ], ["items", "next_cursor"])

    private static let promotionFields: JSONValue = [
        "name": text(255),
        "discount_percent": ["type": ["integer", "null"], "minimum": 1, "maximum": 99], "discount_price": amount,
        "starts_at": time, "ends_at": time,
    ]

    private static let newPromotion = object(promotionFields, ["name", "starts_at", "ends_at"])

    private static let promotion: JSONValue = {
        var properties = promotionFields.object ?? JSONObject()
        for (name, schema) in [
            ("promotion_id", id), ("game_id", id), ("status", words(PromotionState.self)),
            ("cancelled_at", perhapsTime), ("created_at", time), ("updated_at", time),
        ] as [(String, JSONValue)] { properties[name] = schema }
        return object(.object(properties), ["promotion_id", "game_id", "name", "status", "starts_at", "ends_at"])
    }()
}
