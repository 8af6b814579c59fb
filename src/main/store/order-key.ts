/**
 * A number made of a conversation's id alone, the same on every PC: orders rows of the same instant. 53 bits, so that
 * it stays exact as a number and two of a clinic's conversations practically never share it (cyrb53, public domain:
 * https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js).
 */
export function orderKeyOf(id: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}
