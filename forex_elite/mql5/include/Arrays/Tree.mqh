#include "List.mqh"
