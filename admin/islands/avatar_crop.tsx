import { useEffect, useRef, useState } from "preact/hooks";

/** Side of the picture that is uploaded, in pixels. */
const SIDE = 320;
const MAX_ZOOM = 4;

interface Texts {
  readonly file: string;
  readonly hint: string;
  readonly crop: string;
  readonly zoom: string;
  readonly unreadable: string;
}

/** Where the square is on the picture: its middle from 0 to 1, and how far it is zoomed in. */
interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/**
 * A file field that shows what was chosen, lets a square be moved and zoomed, and puts that square in
 * place of the file when the form is sent. Without scripts it is a file field.
 */
export default function AvatarCrop({ texts }: { readonly texts: Texts }) {
  const input = useRef<HTMLInputElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [view, setView] = useState<View>({ x: 0.5, y: 0.5, zoom: 1 });
  const [isUnreadable, setUnreadable] = useState(false);

  const choose = async (): Promise<void> => {
    const file = input.current?.files?.[0];
    if (file === undefined) return setPicture(null);
    try {
      setPicture(await createImageBitmap(file));
      setView({ x: 0.5, y: 0.5, zoom: 1 });
      setUnreadable(false);
    } catch {
      setPicture(null);
      setUnreadable(true);
    }
  };

  useEffect(() => {
    if (picture !== null && canvas.current !== null) draw(canvas.current, picture, view);
  }, [picture, view]);

  useEffect(() => {
    const form = input.current?.form;
    if (picture === null || form === null || form === undefined) return;
    const onSubmit = (event: SubmitEvent): void => {
      event.preventDefault();
      canvas.current?.toBlob(
        (blob) => {
          if (blob !== null && input.current !== null) {
            const files = new DataTransfer();
            files.items.add(new File([blob], "avatar.jpg", { type: "image/jpeg" }));
            input.current.files = files.files;
          }
          form.submit();
        },
        "image/jpeg",
        0.9,
      );
    };
    form.addEventListener("submit", onSubmit);
    return () => form.removeEventListener("submit", onSubmit);
  }, [picture]);

  const move = (dx: number, dy: number): void => {
    if (picture === null) return;
    const side = Math.min(picture.width, picture.height) / view.zoom;
    setView(({ x, y, zoom }) => ({
      x: within(x - dx * side / picture.width, side / picture.width / 2),
      y: within(y - dy * side / picture.height, side / picture.height / 2),
      zoom,
    }));
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(...step);
  };
  const onDrag = (event: PointerEvent): void => {
    if (event.buttons !== 1 || canvas.current === null) return;
    const side = canvas.current.clientWidth;
    move(event.movementX / side, event.movementY / side);
  };

  return (
    <div class="field">
      <label for="avatar-file">{texts.file}</label>
      <input
        ref={input}
        id="avatar-file"
        type="file"
        name="file"
        required
        accept="image/png,image/jpeg,image/gif"
        aria-describedby="avatar-hint"
        onChange={choose}
      />
      <p class="hint" id="avatar-hint">{texts.hint}</p>
      {isUnreadable && <p class="field-error" role="alert">{texts.unreadable}</p>}
      {picture !== null && (
        <div class="crop">
          <canvas
            ref={canvas}
            width={SIDE}
            height={SIDE}
            tabIndex={0}
            role="img"
            aria-label={texts.crop}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={onDrag}
            onKeyDown={onKey}
          />
          <input
            type="range"
            min="1"
            max={MAX_ZOOM}
            step="0.05"
            value={view.zoom}
            aria-label={texts.zoom}
            onInput={(event) => {
              const zoom = Number(event.currentTarget.value);
              setView((before) => zoomed(before, zoom, picture));
            }}
          />
        </div>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0.05, 0],
  ArrowRight: [-0.05, 0],
  ArrowUp: [0, 0.05],
  ArrowDown: [0, -0.05],
};

/** So that the square stays on the picture. */
function within(value: number, half: number): number {
  return Math.min(1 - half, Math.max(half, value));
}

function zoomed({ x, y }: View, zoom: number, picture: ImageBitmap): View {
  const side = Math.min(picture.width, picture.height) / zoom;
  return {
    x: within(x, side / picture.width / 2),
    y: within(y, side / picture.height / 2),
    zoom,
  };
}

function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { x, y, zoom }: View): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const side = Math.min(picture.width, picture.height) / zoom;
  const left = x * picture.width - side / 2;
  const top = y * picture.height - side / 2;
  context.fillStyle = "#ffffff"; // What shines through a transparent picture: JPEG has no alpha.
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
}
