/** What a product without a picture is shown as: a drawing of its kind in two tones. 64 × 64; `a` is the strong tone, `b` the soft one, `c` the light. */

type Shape = [tone: "a" | "b" | "c", path: string]

export const GLYPHS: Record<string, Shape[]> = {
  apple: [
    ["a", "M32 20c-5-4-17-3-18 9-1 13 8 25 14 25 2 0 3-1 4-1s2 1 4 1c6 0 15-12 14-25-1-12-13-13-18-9z"],
    ["c", "M20 29c0-4 2-6 5-7-1 4-3 5-5 7z"],
    ["b", "M33 18c0-6 4-10 10-10 0 6-4 10-10 10z"],
  ],
  carrot: [
    ["a", "M26 22c6-4 14 4 10 10L16 56c-3 2-6-1-5-4z"],
    ["b", "M34 20c0-6 2-10 6-12 1 3 1 6 0 8 3-3 7-3 10-1-2 3-4 5-7 5 3 1 6 3 7 6-5 2-10 1-14-4z"],
    ["c", "M22 38l4 3M18 45l4 3M27 31l4 3"],
  ],
  milk: [
    ["a", "M20 26l6-12h14l6 12v28H20z"],
    ["b", "M20 26h26v8c-8 4-16-4-26 2z"],
    ["c", "M26 10h14v4H26z"],
  ],
  bottle: [
    ["a", "M28 8h8v12c6 4 8 8 8 14v20a3 3 0 0 1-3 3H23a3 3 0 0 1-3-3V34c0-6 2-10 8-14z"],
    ["c", "M20 36h24v12H20z"],
    ["b", "M28 8h8v5h-8z"],
  ],
  cup: [
    ["a", "M16 22h28v14c0 9-6 16-14 16s-14-7-14-16z"],
    ["b", "M44 26h4a7 7 0 0 1 0 14h-5l1-5h4a2 2 0 0 0 0-4h-4zM14 54h32v4H14z"],
    ["c", "M24 8c3 3-3 5 0 9M32 8c3 3-3 5 0 9"],
  ],
  loaf: [
    ["a", "M12 30c-4-8 4-14 12-14h18c8 0 14 6 10 14v20a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3z"],
    ["b", "M20 24l5 7M30 22l5 8M40 22l5 8"],
    ["c", "M16 44h32v5H16z"],
  ],
  cake: [
    ["a", "M12 34h40v20H12z"],
    ["b", "M12 34c0-8 8-10 20-10s20 2 20 10c-3 5-7 5-10 0-3 5-7 5-10 0-3 5-7 5-10 0-3 5-7 5-10 0z"],
    ["c", "M31 12h3v12h-3z"],
  ],
  meat: [
    ["a", "M14 26c2-12 16-18 28-12s14 20 4 28-18 12-26 8-8-12-6-24z"],
    ["c", "M24 28c2-6 8-8 14-6s6 10 1 14-10 6-14 4-3-6-1-12z"],
    ["b", "M29 29a4 4 0 1 0 .1 0z"],
  ],
  fish: [
    ["a", "M8 32c10-14 28-16 38-4l10-8c-2 8-2 16 0 24l-10-8C36 48 18 46 8 32z"],
    ["c", "M18 28a3 3 0 1 0 .1 0z"],
    ["b", "M30 22c4 6 4 14 0 20M37 24c3 5 3 11 0 16"],
  ],
  cheese: [
    ["a", "M8 40L44 16c8 4 12 12 12 24v12H8z"],
    ["b", "M8 40h48v4H8z"],
    ["c", "M22 34a4 4 0 1 0 .1 0zM42 26a4 4 0 1 0 .1 0zM36 46a3 3 0 1 0 .1 0z"],
  ],
  jar: [
    ["a", "M18 22h28c3 3 4 6 4 10v18a5 5 0 0 1-5 5H19a5 5 0 0 1-5-5V32c0-4 1-7 4-10z"],
    ["b", "M18 10h28v9H18z"],
    ["c", "M14 34h36v12H14z"],
  ],
  can: [
    ["a", "M16 14c0-5 32-5 32 0v36c0 6-32 6-32 0z"],
    ["c", "M16 26c8 4 24 4 32 0v14c-8 4-24 4-32 0z"],
    ["b", "M16 14c0 5 32 5 32 0s-32-5-32 0z"],
  ],
  bag: [
    ["a", "M16 12h32l-3 8 3 34-4 3H20l-4-3 3-34z"],
    ["c", "M32 28a9 9 0 1 0 .1 0z"],
    ["b", "M16 12h32l-2 5H18z"],
  ],
  box: [
    ["a", "M14 16h28v40H14z"],
    ["b", "M42 16l8 6v34h-8z"],
    ["c", "M19 24h18v12H19zM19 42h12v4H19z"],
  ],
  wine: [
    ["a", "M20 8h24c2 14-2 24-12 24S18 22 20 8z"],
    ["b", "M30 32h4v18h-4zM22 50h20v5H22z"],
    ["c", "M22 16h20v4H22z"],
  ],
  spray: [
    ["a", "M22 26h20c3 4 4 8 4 12v16a3 3 0 0 1-3 3H21a3 3 0 0 1-3-3V38c0-4 1-8 4-12z"],
    ["b", "M26 14h10l8 4v5H26zM28 23h8v3h-8z"],
    ["c", "M18 38h28v10H18zM48 10h4M48 18h4M49 14h5"],
  ],
  jarCream: [
    ["a", "M14 30h36v18a7 7 0 0 1-7 7H21a7 7 0 0 1-7-7z"],
    ["b", "M12 18h40v10H12z"],
    ["c", "M20 38h24v8H20z"],
  ],
  pill: [
    ["a", "M14 38l20-20a11 11 0 0 1 16 16L34 50a11 11 0 0 1-16-16z"],
    ["b", "M25 27l16 16-7 7a11 11 0 0 1-16-16z"],
    ["c", "M42 20a7 7 0 0 1 5 5"],
  ],
  flower: [
    ["b", "M31 34h3v22h-3zM33 46c3-6 8-8 13-7-1 6-6 9-13 7z"],
    [
      "a",
      "M32 8a7 7 0 0 1 7 7 7 7 0 0 1 8 11 7 7 0 0 1-10 9 7 7 0 0 1-10 0 7 7 0 0 1-10-9 7 7 0 0 1 8-11 7 7 0 0 1 7-7z",
    ],
    ["c", "M32 18a6 6 0 1 0 .1 0z"],
  ],
  leaf: [
    ["a", "M12 52C8 28 24 10 54 10c0 28-14 44-36 42z"],
    ["b", "M10 56c8-16 18-26 32-34"],
    ["c", "M26 34l-2-10M34 28l10 2"],
  ],
  snow: [
    ["a", "M30 8h4v48h-4zM10 22l2-3 42 23-2 3zM12 45l-2-3 42-23 2 3z"],
    ["b", "M32 24a8 8 0 1 0 .1 0z"],
    ["c", "M32 28a4 4 0 1 0 .1 0z"],
  ],
  basket: [
    ["a", "M10 28h44l-5 26a3 3 0 0 1-3 3H18a3 3 0 0 1-3-3z"],
    ["b", "M18 28L28 10l4 2-9 16zM46 28L36 10l-4 2 9 16z"],
    ["c", "M22 36h3v14h-3zM31 36h3v14h-3zM40 36h3v14h-3z"],
  ],
  card: [
    ["a", "M10 18h44v30H10z"],
    ["b", "M10 24h44v7H10z"],
    ["c", "M15 38h14v4H15z"],
  ],
}

const BY_WORD: [RegExp, string, number][] = [
  [/gift.?card|postal|coupon|phone card/, "card", 3],
  [/ice cream|frozen|frzn|popsicle|\bice\b/, "snow", 7],
  [/carrot|vegetable|potato|onion|pepper|broccoli|salad|lettuce|tomato|celery|corn|mushroom/, "carrot", 2],
  [/produce|fruit|apple|banana|berr|grape|melon|citrus|orange|peach/, "apple", 4],
  [/milk|dairy|yogurt|cream|butter|egg|margarine/, "milk", 7],
  [/cheese|deli\b|lunchmeat/, "cheese", 2],
  [/bread|bakery|bagel|bun|roll|tortilla|muffin/, "loaf", 8],
  [/cake|pastry|donut|cookie|pie|dessert|candy|chocolate/, "cake", 4],
  [/beef|pork|meat|chicken|turkey|sausage|bacon|ham\b|lamb|hot dog/, "meat", 4],
  [/seafood|fish|shrimp|salmon|tuna|crab/, "fish", 7],
  [/wine|spirit|liquor|beer|ale\b|champagne/, "wine", 6],
  [/coffee|tea\b|cocoa|hot chocolate/, "cup", 8],
  [/soft drink|juice|water|beverage|soda|cola|drink|sports/, "bottle", 1],
  [/cereal|pasta|rice\b|flour|mix\b|cracker|baking|grocery.?all/, "box", 2],
  [/snack|chip|popcorn|pretzel|nut|bag/, "bag", 2],
  [/soup|can\b|canned|bean|vegetables - shelf|pet|dog food|cat food/, "can", 5],
  [/sauce|spice|dressing|pickle|condiment|syrup|jam|jell|peanut butter|honey|oil/, "jar", 4],
  [/laundry|detergent|clean|dish|air care|household|bleach|paper|tissue|towel|bath/, "spray", 3],
  [/cosmetic|makeup|hair|skin|shampoo|soap|fragrance|\boral|shav|deodorant|hand.body/, "jarCream", 6],
  [/nutrition|vitamin|drug|health|medic|cold|pain|first aid|antacid|diet/, "pill", 5],
  [/floral|flower|bouquet|rose/, "flower", 6],
  [/garden|plant|seasonal|lawn/, "leaf", 5],
]

/** The drawing for a product and the chart tone it is in: from its words first, then its department. */
export function drawn(...words: (string | null | undefined)[]): [glyph: string, tone: number] {
  for (const text of words) {
    if (!text) continue
    const lower = text.toLowerCase().replaceAll("-", " ")
    for (const [word, glyph, tone] of BY_WORD) if (word.test(lower)) return [glyph, tone]
  }
  return ["basket", 1]
}
