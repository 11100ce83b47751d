/** Where an issue can be, with degrees east and north. */
export interface Place {
  readonly name: string;
  readonly east: number;
  readonly north: number;
}

export const PLACES: readonly Place[] = [
  { name: 'Berlin', east: 13, north: 53 },
  { name: 'Lisbon', east: -9, north: 39 },
  { name: 'Sydney', east: 151, north: -34 },
  { name: 'Toronto', east: -79, north: 44 },
];
