# Finds a JDK 25, for ./mvnw and ./refrain: sets REFRAIN_JDK to its folder, or says why not and
# returns 1. Plain POSIX sh. It reads each JDK's `release` file, since to ask `java -version`
# costs more than all else that ./refrain does before it starts.
#
# REFRAIN_JAVA       a JDK folder or its bin/java: use this one, or fail
# REFRAIN_JDK_PATHS  folders that hold JDKs, separated by colons, instead of the usual places

REFRAIN_WANTED='JDK 25 (25.0.3 or later in the 25 line)'

# Sets refrain_version from $1/release; empty if $1 is no JDK (a JRE has no javac).
refrain_read_version() {
  refrain_version=
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r refrain_line || [ -n "$refrain_line" ]; do
    case $refrain_line in
    JAVA_VERSION=*)
      refrain_version=${refrain_line#*=}
      refrain_version=${refrain_version#\"}
      refrain_version=${refrain_version%%\"*}
      return 0
      ;;
    esac
  done <"$1/release"
}

# Whether $1 is a JDK that fits; if so, REFRAIN_JDK is $1; if not, its version is remembered.
refrain_try() {
  refrain_read_version "$1"
  case $refrain_version in
  25.0.[3-9] | 25.0.[3-9].* | 25.0.[1-9][0-9]* | 25.[1-9]*)
    REFRAIN_JDK=$1
    return 0
    ;;
  '') ;;
  *) refrain_unfit="$refrain_unfit
  found $refrain_version in $1" ;;
  esac
  return 1
}

refrain_find_jdk() {
  REFRAIN_JDK=
  refrain_unfit=
  if [ -n "${REFRAIN_JAVA:-}" ]; then
    refrain_try "${REFRAIN_JAVA%/bin/java}" && return 0
    echo "refrain: REFRAIN_JAVA is '$REFRAIN_JAVA', which is not a $REFRAIN_WANTED$refrain_unfit" >&2
    return 1
  fi
  if [ -n "${JAVA_HOME:-}" ]; then
    refrain_try "${JAVA_HOME%/}" && return 0
  fi
  refrain_java=$(command -v java 2>/dev/null) || refrain_java=
  if [ -n "$refrain_java" ]; then
    refrain_java=$(readlink -f "$refrain_java" 2>/dev/null) || refrain_java=
    refrain_try "${refrain_java%/bin/java}" && return 0
  fi
  refrain_paths=${REFRAIN_JDK_PATHS-/usr/lib/jvm:/usr/lib64/jvm:/usr/local/lib/jvm:/usr/java:/opt:/opt/java:/opt/jdk:/Library/Java/JavaVirtualMachines:/opt/homebrew/opt:/usr/local/opt:${HOME:-}/Library/Java/JavaVirtualMachines:${HOME:-}/.sdkman/candidates/java:${HOME:-}/.jdks:${HOME:-}/.gradle/jdks:${HOME:-}/.asdf/installs/java:${HOME:-}/.local/share/mise/installs/java}
  refrain_rest=$refrain_paths:
  while [ -n "$refrain_rest" ]; do
    refrain_place=${refrain_rest%%:*}
    refrain_rest=${refrain_rest#*:}
    [ -d "$refrain_place" ] || continue
    for refrain_jdk in "$refrain_place"/*; do
      refrain_try "$refrain_jdk" && return 0
      refrain_try "$refrain_jdk/Contents/Home" && return 0
      refrain_try "$refrain_jdk/libexec/openjdk.jdk/Contents/Home" && return 0
    done
  done
  echo "refrain: needs a $REFRAIN_WANTED and found none in JAVA_HOME, on the PATH or in the usual places$refrain_unfit
Install one (https://adoptium.net/temurin/releases/?version=25), or set REFRAIN_JAVA to its folder." >&2
  return 1
}
