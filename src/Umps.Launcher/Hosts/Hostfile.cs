using System;
using System.Collections.Generic;
using System.IO;

namespace Umps.Launcher;

/// <summary>Hostfiles in Open MPI's and MPICH's grammar.</summary>
/// <remarks>
/// A node a line: <c>[user@]node[:slots] [slots=N] [max_slots=N] [user=NAME]</c>; blanks around "=" and empty lines do not matter, "#" begins a
/// comment. Without a number a node has one slot. Lines about the same node add up. Open MPI spells <c>max-slots</c> too.
/// </remarks>
internal static class Hostfile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="LauncherException">UMPS3020, UMPS3021.</exception>
    public static IReadOnlyList<HostEntry> Read(string path)
    {
        string text;
        try
        {
            if (Directory.Exists(path))
                throw new LauncherException(ErrorId.HostfileUnreadable, $"--hostfile {path}: it is a folder. Name the file in it.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LauncherException(ErrorId.HostfileUnreadable, $"--hostfile {path}: there is no such file. Relative paths start at umpsrun's folder, {Directory.GetCurrentDirectory()}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LauncherException(ErrorId.HostfileUnreadable, $"--hostfile {path}: it cannot be read ({e.Message}). Look at its permissions.");
        }

        return Parse(text, path);
    }

    /// <summary>Reads the text of a hostfile.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="LauncherException">UMPS3020, UMPS3021.</exception>
    public static IReadOnlyList<HostEntry> Parse(string text, string path)
    {
        var list = new HostList();
        int number = 0;
        foreach (string line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            if (new LineReader(path, number, comment < 0 ? line : line[..comment]).Read() is { } entry)
                list.Add(entry);
        }

        return list.Entries.Count > 0
            ? list.Entries
            : throw new LauncherException(ErrorId.HostfileUnreadable, $"--hostfile {path}: it names no node. Write one a line, for example: node1 slots=4");
    }

    /// <summary>Reads one line; knows where it is.</summary>
    private sealed class LineReader(string path, int number, string line)
    {
        private int _at;

        public HostEntry? Read()
        {
            SkipBlanks();
            if (_at == line.Length)
                return null;
            int start = _at;
            string word = Take(stopAtEquals: false);
            if (!HostWord.TryParse(word, out HostWord host, out int at, out string fault))
                throw Fault(start + at, fault);

            (string? user, int? slots, int? slotsMax, int maxAt) = (host.User, host.Slots, null, 0);
            for (SkipBlanks(); _at < line.Length; SkipBlanks())
            {
                int keyAt = _at;
                string key = Take(stopAtEquals: true);
                SkipBlanks();
                if (_at == line.Length || line[_at] != '=')
                    throw Fault(keyAt, $"\"{key}\" stands alone. After the node come slots=N, max_slots=N or user=NAME; a second node has its own line.");
                _at++;
                SkipBlanks();
                int valueAt = _at;
                string value = Take(stopAtEquals: false);
                switch (key.Replace('-', '_'))
                {
                    case "slots":
                        if (slots is not null)
                            throw Fault(keyAt, "the slots are named twice in this line. Leave one.");
                        slots = Slots(value, valueAt);
                        break;
                    case "max_slots":
                        if (slotsMax is not null)
                            throw Fault(keyAt, "max_slots stands twice in this line. Leave one.");
                        slotsMax = Slots(value, valueAt);
                        maxAt = valueAt;
                        break;
                    case "user" or "username" or "user_name":
                        if (user is not null)
                            throw Fault(keyAt, "the user is named twice in this line. Leave one.");
                        user = HostWord.IsName(value) ? value : throw Fault(valueAt, $"\"{value}\" is no user name.");
                        break;
                    default:
                        throw Fault(keyAt, $"\"{key}\" is not known here{(Spelling.Nearest(key, ["slots", "max_slots", "user"]) is { } meant ? $"; did you mean {meant}?" : ".")} After the node come slots=N, max_slots=N or user=NAME.");
                }
            }

            if (slotsMax < slots)
                throw Fault(maxAt, $"max_slots={slotsMax} is less than the slots, {slots}. Raise it, or leave it out: then there is no limit.");
            return new HostEntry(host.Host, user, slots ?? 1, slotsMax);
        }

        private int Slots(string value, int at) => HostWord.TryParseSlots(value, out int slots) ? slots : throw Fault(at, HostWord.SlotsFault(value));

        private void SkipBlanks()
        {
            while (_at < line.Length && char.IsWhiteSpace(line[_at]))
                _at++;
        }

        private string Take(bool stopAtEquals)
        {
            int start = _at;
            while (_at < line.Length && !char.IsWhiteSpace(line[_at]) && !(stopAtEquals && line[_at] == '='))
                _at++;
            return line[start.._at];
        }

        private LauncherException Fault(int at, string fault) => new(ErrorId.HostfileSyntax, $"{path}:{number}:{at + 1}: {fault}");
    }
}
