export interface Product {
  readonly id: string
  readonly sku: string
  readonly name: string
  readonly category: 'lighting' | 'seating' | 'kitchen' | 'office'
  readonly priceCents: number
}

/** What the shop sells. */
export const ASSORTMENT: readonly Product[] = [
  { id: 'arc-floor-lamp', sku: 'LMP-101', name: 'Arc floor lamp', category: 'lighting', priceCents: 18_900 },
  { id: 'clamp-desk-lamp', sku: 'LMP-102', name: 'Clamp desk lamp', category: 'lighting', priceCents: 7_450 },
  { id: 'paper-pendant', sku: 'LMP-103', name: 'Paper pendant', category: 'lighting', priceCents: 4_990 },
  { id: 'reading-light', sku: 'LMP-104', name: 'Reading light', category: 'lighting', priceCents: 3_200 },
  { id: 'oak-stool', sku: 'SEA-201', name: 'Oak stool', category: 'seating', priceCents: 9_900 },
  { id: 'lounge-chair', sku: 'SEA-202', name: 'Lounge chair', category: 'seating', priceCents: 42_000 },
  { id: 'folding-chair', sku: 'SEA-203', name: 'Folding chair', category: 'seating', priceCents: 5_600 },
  { id: 'bench-cushion', sku: 'SEA-204', name: 'Bench cushion', category: 'seating', priceCents: 3_850 },
  { id: 'carbon-steel-pan', sku: 'KIT-301', name: 'Carbon steel pan', category: 'kitchen', priceCents: 5_400 },
  { id: 'bread-knife', sku: 'KIT-302', name: 'Bread knife', category: 'kitchen', priceCents: 6_900 },
  { id: 'pour-over-set', sku: 'KIT-303', name: 'Pour-over set', category: 'kitchen', priceCents: 4_450 },
  { id: 'maple-board', sku: 'KIT-304', name: 'Maple board', category: 'kitchen', priceCents: 3_700 },
  { id: 'standing-desk', sku: 'OFF-401', name: 'Standing desk', category: 'office', priceCents: 59_900 },
  { id: 'monitor-arm', sku: 'OFF-402', name: 'Monitor arm', category: 'office', priceCents: 12_900 },
  { id: 'cable-tray', sku: 'OFF-403', name: 'Cable tray', category: 'office', priceCents: 2_900 },
  { id: 'felt-desk-mat', sku: 'OFF-404', name: 'Felt desk mat', category: 'office', priceCents: 3_900 },
]
