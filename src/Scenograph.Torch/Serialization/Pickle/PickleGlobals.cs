namespace Scenograph.Torch.Serialization.Pickle;

/// <summary>
/// Names that no checkpoint needs and attacks use. Nothing is executed in any case (names that are not known become inert data), but
/// a file that asks for these is hostile or broken and is refused as a whole.
/// </summary>
internal static class PickleGlobals
{
    // Only names that no one gives to a package of their own: a checkpoint may well mention the classes of the code that wrote it.
    private static readonly HashSet<string> HostileModules = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "posixpath", "ntpath", "subprocess", "commands", "sys", "shutil", "socket", "socketserver", "importlib", "imp",
        "runpy", "pkgutil", "zipimport", "pty", "ctypes", "_ctypes", "cffi", "codeop", "pdb", "bdb", "timeit", "cProfile", "pickle", "_pickle",
        "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "types", "inspect", "webbrowser", "multiprocessing", "asyncio",
        "threading", "_thread", "platform", "pip", "ensurepip", "setuptools", "distutils", "requests", "urllib", "urllib2", "http", "httplib",
        "ftplib", "smtplib", "telnetlib", "xmlrpc", "tempfile", "fileinput", "linecache", "io", "_io", "sqlite3", "ssl", "mmap", "fcntl",
        "sysconfig", "torch.hub", "torch.package", "torch.utils.cpp_extension", "torch.multiprocessing", "torch.testing", "numpy.testing",
        "numpy.f2py", "numpy.distutils",
    };

    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal) { "types.SimpleNamespace", "io.BytesIO", "_io.BytesIO" };

    private static readonly HashSet<string> HarmlessBuiltins = new(StringComparer.Ordinal)
    {
        "set", "frozenset", "list", "dict", "tuple", "bytes", "bytearray", "complex", "int", "long", "float", "str", "unicode", "bool", "object",
        "slice", "range", "xrange", "type", "getattr", "NotImplemented", "Ellipsis",
    };

    private static readonly HashSet<string> Builtins = new(StringComparer.Ordinal) { "builtins", "__builtin__", "__builtins__" };

    public static bool IsHostile(PickleGlobal global)
    {
        var (module, name) = (global.Module, global.Name);
        if (Builtins.Contains(module))
        {
            return !HarmlessBuiltins.Contains(name);
        }
        // With protocol 4 a name may have dots: torch.serialization + os.system, or torch + hub.load.
        var path = $"{module}.{name}";
        if (Harmless.Contains(path))
        {
            return false;
        }
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (HostileModules.Contains(path[..dot]))
            {
                return true;
            }
        }
        var isLibrary = module is "torch" or "numpy" || module.StartsWith("torch.", StringComparison.Ordinal) || module.StartsWith("numpy.", StringComparison.Ordinal);
        return (isLibrary && name is "load" or "save" or "compile" or "fromfile" or "memmap" or "loadtxt" or "genfromtxt")
            || (name.Contains('.', StringComparison.Ordinal) && name.Split('.').Any(part => HostileModules.Contains(part) || part.StartsWith("__", StringComparison.Ordinal)));
    }
}
