"""The import engine: from an untrusted file to rows that a room writes. It knows no sales words.

Read from the outside in: `intake` keeps the upload, `content` and `archives` say what it is, `text`,
`delimited` and `workbooks` give records, `headings` finds the columns, `amounts`, `dates` and `cells`
read values, `specs` is what a room states about its kind of import, `reading` puts these together,
`runs` moves an ImportRun through its steps, `errorfile` gives the rejected rows back.
"""
