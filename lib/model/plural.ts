/** `1 image`, `4224 images` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `50,000` */
export function counted(count: number): string {
  return count.toLocaleString('en');
}
