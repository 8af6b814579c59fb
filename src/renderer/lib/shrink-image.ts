/** Longest side of a picture that was made smaller, pixels: what WhatsApp itself makes of photos. */
const LONGEST_SIDE = 1_600;
const QUALITIES = [0.85, 0.7, 0.5] as const;

const jpegName = (name: string): string => `${name.replace(/\.[^.]+$/u, '')}.jpg`;

/** The same picture as a JPEG no larger than a limit; null when this window cannot draw it. */
export async function shrinkImage(file: File, limitBytes: number): Promise<File | null> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  const surface = canvas.getContext('2d');
  if (surface === null) return null;
  // What was see-through would be black in a JPEG.
  surface.fillStyle = '#fff';
  surface.fillRect(0, 0, canvas.width, canvas.height);
  surface.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size <= limitBytes) return new File([blob], jpegName(file.name), { type: 'image/jpeg' });
  }
  return null;
}
