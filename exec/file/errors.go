package file

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/penstock/penstock/internal/sqlerr"
)

// openError gives a failed open PostgreSQL's words and code.
func openError(path, purpose string, err error) error {
	code, why := sqlerr.IOError, err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code, why = sqlerr.UndefinedFile, "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		code, why = sqlerr.InsufficientPrivilege, "Permission denied"
	case errors.Is(err, syscall.EISDIR):
		code, why = sqlerr.WrongObjectType, "Is a directory"
	default:
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			why = e.Err.Error()
		}
	}
	return sqlerr.Wrap(err, code, "could not open file %q for %s: %s", path, purpose, why)
}

// ioError is for files that are open.
func ioError(path, verb string, err error) error {
	why := err.Error()
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		why = e.Err.Error()
	}
	return sqlerr.Wrap(err, sqlerr.IOError, "could not %s file %q: %s", verb, path, why)
}
