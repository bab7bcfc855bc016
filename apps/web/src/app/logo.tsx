/** The mark: a bell. Decorative beside the name, so it has no text of its own unless one is given. */
export function LogoMark({ size = 28, label }: { size?: number; label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <rect width="32" height="32" rx="8" fill="#0b6570" />
      <g fill="#fff">
        <path d="M16 6.2a1.5 1.5 0 0 1 1.5 1.5v.5a6.6 6.6 0 0 1 5 6.4c0 3.1.7 4.9 1.7 6 .5.6.1 1.6-.7 1.6h-15c-.8 0-1.2-1-.7-1.6 1-1.1 1.7-2.9 1.7-6a6.6 6.6 0 0 1 5-6.4v-.5A1.5 1.5 0 0 1 16 6.2Z" />
        <path d="M13.4 23.7h5.2a2.6 2.6 0 0 1-5.2 0Z" />
      </g>
    </svg>
  );
}
