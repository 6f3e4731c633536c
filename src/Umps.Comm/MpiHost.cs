using System;
using System.Threading.Tasks;

namespace Umps;

/// <summary>Ranks as threads of one process: for tests, for a debugger, for programs that want no launcher.</summary>
public static class MpiHost
{
    /// <summary>Runs the body on as many ranks and returns when all have ended.</summary>
    public static void Run(int ranks, Action<Comm> body, MpiOptions? options = null) => throw new NotImplementedException();

    /// <summary>Runs the asynchronous body on as many ranks and returns when all have ended.</summary>
    public static void Run(int ranks, Func<Comm, Task> body, MpiOptions? options = null) => throw new NotImplementedException();
}
