using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <summary>Something that the agent's host is to do, in the order given.</summary>
public abstract record AgentAction;

/// <summary>Keep the record. Whatever follows it in the list waits until it is on the disk.</summary>
public sealed record Keep(AgentRecord Record) : AgentAction;

/// <summary>Send the message, if the line is open; if it is not, drop it.</summary>
public sealed record Send(FromAgent Message) : AgentAction;

/// <summary>Cut the line and dial again: only a new line brings the two sides together.</summary>
public sealed record Redial : AgentAction;

/// <summary>The lease lasts until then. Whoever guards the tasks while the agent is dead must know it.</summary>
public sealed record LeaseHeld(TimeSpan Until) : AgentAction;

/// <summary>Start the attempt.</summary>
public sealed record Launch(StartAttempt Order) : AgentAction;

/// <summary>Find the attempt again that an earlier life of the agent took on; start it if that life did not.</summary>
public sealed record Adopt(StartAttempt Order) : AgentAction;

/// <summary>End the attempt and everything that it started. One that has not started never will.</summary>
public sealed record Kill(AttemptKey Key, string Reason) : AgentAction;

/// <summary>Gather the attempt's outputs.</summary>
public sealed record Collect(StartAttempt Order, AttemptReport Report) : AgentAction;

/// <summary>The attempt is over: send what is left of its log, and say when it has arrived.</summary>
public sealed record ShipLog(StartAttempt Order) : AgentAction;

/// <summary>Pull a dataset.</summary>
public sealed record Fetch(FetchDataset Order) : AgentAction;

/// <summary>End a pull.</summary>
public sealed record CancelPull(long Transfer) : AgentAction;

/// <summary>Bring a dataset in from a store outside the domain, or send one out; go on where an earlier life stopped.</summary>
public sealed record BeginExchange(ExchangeOrder Order) : AgentAction;

/// <summary>End an exchange and remove what it has brought so far.</summary>
public sealed record StopExchange(long Exchange) : AgentAction;

/// <summary>Remove a dataset.</summary>
public sealed record Drop(string Root) : AgentAction;

/// <summary>Nothing more is needed of the attempt: its files may go.</summary>
public sealed record Forget(AttemptKey Key) : AgentAction;

/// <summary>What the agent keeps on its disk.</summary>
public abstract record AgentRecord;

/// <summary>An attempt was taken on. Kept before it is started.</summary>
public sealed record Accepted(StartAttempt Order) : AgentRecord;

/// <summary>Something that the control plane must hear.</summary>
public sealed record Owed(FromAgent Message) : AgentRecord;

/// <summary>The control plane has heard it.</summary>
public sealed record Paid(ulong Sequence) : AgentRecord;

/// <summary>The control plane has heard the attempt's end; its log may still be on its way.</summary>
public sealed record Heard(AttemptKey Key) : AgentRecord;

/// <summary>The attempt's report and log have arrived. Kept long after, so that a late order does not start it again.</summary>
public sealed record Finished(AttemptKey Key) : AgentRecord;
