/** A thin bar with its label and figures above it. */
export function Bar({ label, text, share }: { label: string; text: string; share: number }) {
  const percent = Math.round(share * 100);
  return (
    <div className="meter">
      <div className="meter-text">
        <span>{label}</span>
        <span className="figures">{text}</span>
      </div>
      <div
        className="meter-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
      >
        <div className={percent >= 90 ? 'meter-fill meter-full' : 'meter-fill'} style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
