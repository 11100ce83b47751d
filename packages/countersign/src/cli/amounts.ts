/** `1,200` */
export function amount(count: number): string {
  return count.toLocaleString('en');
}

/** `1 installation`, `1,200 installations`. */
export function counted(count: number, noun: string): string {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
