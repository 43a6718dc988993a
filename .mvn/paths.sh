# Names of files as UTF-8, for ./refrain. Plain POSIX sh.
#
# Java encodes and decodes the names of files and its arguments by the locale. Under one that knows
# ASCII only (C, POSIX, one that is not installed) it cannot open what has other letters, and keeps
# U+FFFD for them. No option of java says otherwise, so the locale is changed for it.

# Sets LC_ALL where the locale's character set is ASCII and one with UTF-8 is installed, and
# refrain_output to the options of java that leave the terminal with what it had.
refrain_utf8_paths() {
  refrain_output=
  refrain_charset=$(locale charmap 2>/dev/null) || return 0
  case $refrain_charset in
  ANSI_X3.4-1968 | US-ASCII | ASCII | 646) ;;
  *) return 0 ;; # the terminal writes names in that set, and java reads them in it
  esac
  for refrain_locale in C.UTF-8 C.utf8 en_US.UTF-8; do
    if [ "$(LC_ALL=$refrain_locale locale charmap 2>/dev/null)" = UTF-8 ]; then
      LC_ALL=$refrain_locale
      export LC_ALL
      refrain_output='-Dstdout.encoding=US-ASCII -Dstderr.encoding=US-ASCII'
      return 0
    fi
  done
}
