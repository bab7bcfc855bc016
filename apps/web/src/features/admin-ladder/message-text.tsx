import classes from './ladder.module.css';

/** A SIP message with its start line, header names and body told apart. */
export function MessageText({ text }: { text: string }) {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [start = '', ...headers] = head.split('\r\n');
  const body = rest.join('\r\n\r\n');
  return (
    <pre className={classes['text']}>
      <span className={classes['start']}>{start}</span>
      {'\n'}
      {headers.map((header, index) => (
        <Header key={index} header={header} />
      ))}
      {body !== '' && (
        <>
          {'\n'}
          <span className={classes['body']}>{body}</span>
        </>
      )}
    </pre>
  );
}

function Header({ header }: { header: string }) {
  const colon = header.indexOf(':');
  // A folded line belongs to the header before it.
  const isFolded = colon < 0 || /^\s/.test(header);
  return (
    <>
      {isFolded ? header : <span className={classes['name']}>{header.slice(0, colon)}</span>}
      {isFolded ? '' : header.slice(colon)}
      {'\n'}
    </>
  );
}
